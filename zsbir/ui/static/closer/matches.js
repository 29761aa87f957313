// Where it matches: sketch and photo as the model saw them; point at a part of one, and the other one lights up.

import { now } from "../shared/question.js";
import { decimals, say } from "../shared/say.js";
import { make } from "../results/words.js";
import { asking } from "./asking.js";
import { kindPicker } from "./kinds.js";
import { Parts } from "./parts.js";
import { lit, Similarity } from "./similarity.js";

export function mount(panel) {
  const { stage, ask } = asking(panel, "matches", show);
  const sketch = new Parts(say("Your drawing as the model saw it. Choose a part with the arrow keys."));
  const photo = new Parts(say("The photo as the model saw it. Choose a part with the arrow keys."));
  const pair = make("div", "pair");
  pair.append(sketch.element, photo.element);
  const finding = make("p", "finding");
  finding.setAttribute("role", "status");
  const about = make("p", "about");
  const picker = kindPicker((kind) => {
    wanted = { kind, settings: now.settings };
    ask(large, { kind });
  });
  stage.append(picker.element, pair, finding, about);
  let answer = null;
  let similarity = null;
  let large = null; // the photo that is asked about
  let wanted = {}; // the kind that the visitor chose, and the settings under which there is such a kind

  function show(found) {
    answer = found;
    similarity = new Similarity(found.similarity, found.filled.length);
    sketch.show(found.sketch, found.boxes, found.grid[1]);
    photo.show(found.photo, found.boxes, found.grid[1]);
    picker.offer(found.kinds, found.kind);
    about.textContent = meaning(found);
    choose(true, telling());
  }

  /** The inked part of the sketch that finds its like best. */
  function telling() {
    const tops = answer.ink.map((inked, i) => (inked ? Math.max(...similarity.ofSketch(i)) : -Infinity));
    return tops.indexOf(Math.max(...tops));
  }

  /** Choose a part of the sketch, or of the photo, and light what is like it in the other picture. */
  function choose(inSketch, part) {
    const [from, to] = inSketch ? [sketch, photo] : [photo, sketch];
    const [own, others] = inSketch ? [answer.ink, answer.filled] : [answer.filled, answer.ink];
    const cosines = inSketch ? similarity.ofSketch(part) : similarity.ofPhoto(part);
    const found = own[part] ? lit(cosines, others) : null;
    from.light(null, { chosen: part });
    to.light(found && found.levels, found ? { best: found.best, ...(answer.in_place && { place: part }) } : {});
    finding.textContent = found ? told(inSketch, cosines, found, part) : blank(inSketch);
  }

  function told(inSketch, cosines, { best, mean }, part) {
    const values = { best: decimals(cosines[best], 2), mean: decimals(mean, 2), own: decimals(cosines[part], 2) };
    const sentence = inSketch
      ? say("Most alike in the photo is the outlined part: {best}, where the mean is {mean}.", values)
      : say("Most alike in your drawing is the outlined part: {best}, where the mean is {mean}.", values);
    if (!answer.in_place) return sentence;
    return `${sentence} ${say("In the same place (dashed): {own}.", values)}`;
  }

  sketch.addEventListener("choose", ({ detail }) => choose(true, detail));
  photo.addEventListener("choose", ({ detail }) => choose(false, detail));

  return {
    update(next) {
      large = next;
      ask(large, { kind: wanted.settings === now.settings ? wanted.kind : null });
    },
  };
}

const blank = (inSketch) =>
  inSketch ? say("Nothing is drawn in this part.") : say("This part is the paper around the photo.");

/** What is compared, and what that says and does not say. */
function meaning({ kind, kinds, in_place }) {
  const { text } = kinds.find(({ name }) => name === kind);
  const compared = say("Compared: {parts}.", { parts: say(text) });
  const says = in_place
    ? say("The brighter a part, the more alike it is; for the score, only the part in the same place counts.")
    : say("The brighter a part, the more alike it is; that shows what the model recognises, not how it scores.");
  return `${compared} ${says}`;
}
