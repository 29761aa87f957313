// What an answer says about itself, in a headline and a note.

import { relay, say } from "../shared/say.js";
import { standsOut, stressed, words } from "./words.js";

// How far the best photo of one category is ahead of the best of the next, in standard deviations. Of drawings of
// what the bundled gallery has, 45 to 49 in 100 have a lead below CLOSE, and 11 to 17 % of these show the first
// category; 6 or 7 in 100 have one from CLEAR on, and of these it is half (47 to 59 %). Counted for four checkpoints
// by `python -m zsbir.evaluation.leads`, which has the same numbers.
const CLEAR = 1;
const CLOSE = 0.2;
const FIRST = 8; // photos among which a category has to be to be named beside the first

/** Write headline, doubt, note and legend into `part`. */
export function heading(part, answer) {
  const isWithin = answer.mode === "fine-grained" && answer.category;
  part.querySelector("h2").replaceChildren(...(isWithin ? category(answer) : categories(answer)));
  const note = isWithin ? within(answer) : among(answer);
  part.querySelector(".note").textContent = [...answer.notes.map(relay), ...note, bars(answer)].filter(Boolean).join(" ");
  const doubt = part.querySelector(".doubt");
  doubt.hidden = !answer.doubt;
  doubt.textContent = answer.doubt ? doubts(answer.doubt).join(" ") : "";
  const below = part.querySelector(".legend");
  below.textContent = legend(answer);
  below.classList.toggle("ringed", !answer.untrained && answer.photos.some(isUnseen));
}

/** Perhaps nothing here fits, and what the drawing is more like. */
function doubts({ share: [some, all], guesses }) {
  const unsure = { some, all };
  return [
    say("Perhaps nothing here fits. Of drawings this unsure, {some} of {all} showed something this gallery lacks.", unsure),
    guesses.length ? say("It looks more like: {things}.", { things: guesses.map(words).join(", ") }) : "",
  ];
}

const isUnseen = ({ status }) => status === "not by it";

/** What the rings mean: which photos the method had to find without having learnt from their category. */
function legend({ untrained, photos, by }) {
  if (untrained) return say("{by} learnt from no sketches: it has to find every category zero-shot.", { by });
  if (photos.some(({ status }) => status === "unknown")) return say("Nothing tells which categories {by} learnt from.", { by });
  if (!photos.some(isUnseen)) return "";
  return say("A ring marks a category that {by} never learnt from: zero-shot for the method. What the backbone saw stands in Categories.", { by });
}

/** Fine-grained: the category in which the photos are ranked. */
function category({ category, assumed }) {
  const name = words(category);
  return assumed
    ? stressed("{category}, assumed from your drawing", { category: name })
    : stressed("{category}, chosen by you", { category: name });
}

/** Category-level: which categories come first, and how far the first is ahead. */
export function categories({ photos, word }) {
  const named = new Set(photos.slice(0, FIRST).map(({ category }) => words(category)));
  const [first, second, third] = [...named].filter(Boolean);
  if (!first) return [say("The closest photos")];
  if (word && second) return stressed("{first}, with the word “{word}”", { first }, { word });
  const lead = ahead(photos);
  if (lead >= CLEAR) return stressed("{first}, clearly ahead", { first });
  if (!second) return stressed("{first}", { first });
  if (lead < CLOSE) return stressed("{first} or {second}, close together", { first, second });
  if (!third) return stressed("{first}, then {second}", { first }, { second });
  return stressed("{first}, then {second} and {third}", { first }, { second, third });
}

/** By how many standard deviations the first category's best photo is ahead of any other category's. */
function ahead([first, ...others]) {
  const next = others.find(({ category }) => category !== first.category);
  return next ? first.above - next.above : 0;
}

/** Fine-grained: the photos of one category. */
function within({ assumed, searched, untrained, by, notes }) {
  const counts = { searched, by };
  const all = notes.length
    ? say("The {searched} photos of this category, closest first.", counts)
    : say("The {searched} photos of this category, closest first by {by}.", counts);
  return [
    searched === 1 ? say("The only photo of this category.") : all,
    assumed && say("If it is wrong, choose another above."),
    untrained && !notes.length && say("{by} learnt nothing for this mode: the same embedding ranks inside the category.", counts),
  ];
}

/** Category-level: the whole gallery. */
function among({ mode, searched, gallery, by, notes }) {
  const counts = { searched, gallery, by };
  return [
    mode === "fine-grained" && say("The photos have no categories, so all are ranked."),
    notes.length
      ? say("The closest of {searched} photos in {gallery}.", counts)
      : say("The closest of {searched} photos in {gallery} by {by}.", counts),
  ];
}

/** What the bars under the photos mean. */
function bars({ word, searched }) {
  if (!standsOut({ searched })) return searched > 1 && say("Of so few, only the order is told.");
  if (word) return say("The bars: what your drawing gave, and in pale what “{word}” gave.", { word });
  return say("The bars: how far each stands out from the average photo.");
}
