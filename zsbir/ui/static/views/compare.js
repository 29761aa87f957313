// Compare: the same drawing under several methods and modes, in lanes below each other.

import { ask } from "../shared/ask.js";
import { following } from "../shared/following.js";
import { now } from "../shared/question.js";
import { say } from "../shared/say.js";
import { listen } from "../shared/signals.js";
import { attachWordless } from "../results/wordless.js";
import { make } from "../results/words.js";
import { attachChooser } from "./chooser.js";
import { Lane } from "./lane.js";
import { all, beside, isSame, withWay } from "./lanes.js";
import { attachMethods } from "./methods.js";

let others = null; // the ways that are compared with the page's own, for as long as the page is open

export function mount(panel) {
  const about = panel.appendChild(make("p", ""));
  const tellWordless = attachWordless(panel);
  const chooser = attachChooser(panel, {
    add: (way) => change(withWay(others, way)),
    everything: () => change(all(ways)),
    few: () => change(few()),
  });
  const list = panel.appendChild(make("ol", "lanes"));
  const below = panel.appendChild(make("p", "footnote", FOOTNOTE));
  const methods = attachMethods(panel);
  let lanes = []; // as they are shown
  let asked = "";
  let ways = [];

  const follow = following((more) => ask("compare", { more }), show, complain);

  function show(answer) {
    if (now.empty) return;
    ({ ways } = answer);
    if (others === null) change(few());
    const [first, ...compared] = answer.lanes;
    const still = compared.filter((found) => others.some((way) => isSame(way, found)));
    lanes = [laneOf(first, true), ...still.map((found) => laneOf(found, false))];
    place(list, lanes.map(({ item }) => item));
    chooser.show(ways, now.settings, others);
    methods.show(ways);
    settle("found");
  }

  function laneOf(found, isFirst) {
    const lane = lanes.find((one) => isSame(one.way, found) && one.isFirst === isFirst);
    return (lane ?? new Lane(found, isFirst, remove)).show(found);
  }

  /** Plain CLIP beside the page's method, or, where that is plain CLIP, the last method that was added to it. */
  function few() {
    const { method, mode } = now.settings;
    const learnt = all(ways).findLast((way) => way.mode === mode && way.method !== "plain");
    return method === "plain" && learnt ? [learnt] : [{ method: "plain", mode }];
  }

  function change(next) {
    others = next;
    update();
  }
  function remove(way) {
    change(others.filter((other) => !isSame(other, way)));
    chooser.part.querySelector("select").focus();
  }

  function complain(sentence) {
    asked = ""; // so that it is asked again when anything changes
    about.textContent = sentence;
    settle("trouble");
  }

  function settle(state) {
    panel.dataset.state = state;
    if (state === "found") about.textContent = ABOUT;
    if (state === "empty") about.textContent = say("Draw something, and every method searches for it side by side.");
    for (const part of [chooser.part, list, below, methods.part]) part.hidden = state !== "found";
  }

  function update() {
    tellWordless();
    if (now.empty) {
      asked = "";
      return settle("empty");
    }
    const more = { lanes: beside(now.settings, others ?? []) };
    const key = JSON.stringify([now.sheet.seq, now.settings, more]);
    if (key === asked) return;
    asked = key;
    follow(more);
  }

  // One photo shows itself in all lanes.
  const mark = ({ target }) => {
    const photo = target.closest?.("[data-photo]")?.dataset.photo;
    lanes.forEach((lane) => lane.mark(photo));
  };
  for (const event of ["pointerover", "focusin"]) list.addEventListener(event, mark);
  for (const event of ["pointerleave", "focusout"]) list.addEventListener(event, () => lanes.forEach((lane) => lane.mark()));
  listen("afresh", () => (others = null));
  return { update };
}

const ABOUT = say(
  "The same drawing, searched in several ways. The first lane is what is chosen on the page; an arrow tells by how many places a photo stands higher or lower than there, “new” that it was not searched there.",
);
const FOOTNOTE = say(
  "Times are those of the search alone, on this server, once its model is warm; waiting for other visitors is not counted. A fine-grained search first assumes a category, with the help of another method where its own cannot. It ranks that category alone, so photos rise there because others are left out.",
);

/** Put items into a list without touching those that stand right already, so that focus stays where it is. */
function place(list, items) {
  items.forEach((item, i) => list.children[i] !== item && list.insertBefore(item, list.children[i] ?? null));
  while (list.children.length > items.length) list.lastChild.remove();
}
