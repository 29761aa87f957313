// The photos: answers shown as a grid, or the examples while nothing is drawn.

import { attachLike } from "../closer/like.js";
import { provide } from "../shared/ask.js";
import { now } from "../shared/question.js";
import { relay, say } from "../shared/say.js";
import { listen, tell } from "../shared/signals.js";
import { translate } from "../shared/translate.js";
import { attachClass } from "../teach/begin.js";
import { attachViews } from "../views/views.js";
import { attachExamples } from "./examples.js";
import { heading } from "./heading.js";
import { attachSeen } from "./seen.js";
import { Tiles } from "./tiles.js";
import { attachViewer } from "./viewer.js";
import { counted } from "./words.js";

const PATIENCE = 300; // milliseconds before the page says that it is searching
const QUIET = 900; // milliseconds without a new answer before it is read aloud

export function mount({ element, props, server, watch }) {
  provide(server);
  const root = element.querySelector(".results");
  translate(element);
  const part = (selector) => root.querySelector(selector);
  const view = attachViewer(part("dialog"));
  const tiles = new Tiles(part(".grid"), view);
  const see = attachSeen(part(".seen"), part(".enlarged"));
  let asked = 0; // number of the newest drawing
  let answered = 0; // number of the drawing that the shown answer belongs to
  let waitTimer = null;
  let speakTimer = null;

  function show(answer) {
    tiles.show(answer.photos, !answer.untrained);
    heading(part(".answer"), answer);
    see(answer.seen);
    settle(answer.photos.length ? "found" : "nothing");
    const aloud = `${counted(answer.photos.length)}. ${part("h2").textContent}.`;
    clearTimeout(speakTimer);
    speakTimer = setTimeout(() => (part(".live").textContent = aloud), QUIET);
  }

  /** Show the parts that belong to a state: empty, found, nothing or trouble. */
  function settle(state, sentence = "") {
    clearTimeout(waitTimer);
    root.dataset.state = state;
    root.removeAttribute("aria-busy");
    part(".examples").hidden = state !== "empty";
    part(".answer").hidden = state !== "found";
    part(".wait").hidden = true;
    part(".grid").hidden = state !== "found";
    const trouble = part(".trouble");
    trouble.hidden = state !== "trouble" && state !== "nothing";
    trouble.textContent = state === "nothing" ? say("This gallery has no photos to show.") : sentence;
  }

  function empty() {
    clearTimeout(speakTimer);
    tiles.show([]);
    part(".live").textContent = "";
    settle("empty");
  }

  // Answers arrive in their own time: only those for the newest drawing, or on the way to it, count.
  function receive() {
    const answer = props.value;
    if (!answer || answer.seq < answered) return;
    if (answer.state === "forgotten") return tell("forgotten", answer);
    answered = answer.seq;
    if (answer.state === "found") show(answer);
    else if (answer.state === "trouble") settle("trouble", relay(answer.message));
    else empty();
    if (answer.state === "found") tell("answered", answer);
    if (answered < asked) expect();
  }

  function expect() {
    clearTimeout(waitTimer);
    waitTimer = setTimeout(() => {
      const loading = document.querySelector(".zs-status[data-state=loading]");
      root.setAttribute("aria-busy", "true");
      part(".wait").hidden = false;
      part(".wait").textContent = loading ? say("Loading the model. Your drawing is kept.") : say("Looking…");
      part(".examples").hidden = true;
    }, PATIENCE);
  }

  listen("drawing", (drawing) => {
    asked = drawing.seq;
    if (!drawing.empty) return expect();
    answered = asked; // whatever is still under way belongs to a drawing that is gone
    empty();
  });
  const invite = ({ word }) => (part(".examples p").textContent = invitation(word));
  listen("settings", invite);
  invite(now.settings);
  attachViews(root, part(".tabs"), part(".view-photos"));
  attachExamples(part(".examples ul"), props.examples);
  attachClass(root, props.examples);
  attachLike(root, tiles);
  listen("open", ({ photos, index }) => view(photos, index)); // other views open their photos here, too
  watch("value", receive);
  receive();
}

const invitation = (word) =>
  word
    ? say("Draw something: the word steers, the drawing finds.")
    : say("Draw on the sheet, or let one of these draw itself.");
