// How the page says things. All text enters as textContent, so nothing in a gallery is run.

import { decimals, language, relay, say } from "../shared/say.js";

const FEW = 100; // photos among which a place says more than a share
const SPREAD = 8; // photos from which on their spread says something: of two, one is always above the mean, one below
const SLIGHT = 0.05; // standard deviations ahead of the next photo that are not worth a word
const STRONG = "\u0001"; // around what stands out in a sentence; no name has it

/** A category's name, in the visitor's language where somebody has translated it. */
export const words = (name) => relay(name.replaceAll("_", " "));

/** Things in the order of their categories' names, as the visitor reads them. */
export const byName = (things, nameOf) =>
  things.toSorted((a, b) => words(nameOf(a)).localeCompare(words(nameOf(b)), language));

export const counted = (photos) => (photos === 1 ? say("1 photo") : say("{photos} photos", { photos }));
export const make = (tag, className, text = "") =>
  Object.assign(document.createElement(tag), { className, textContent: text });

/** A sentence in which the `strong` values stand out: nodes and texts. */
export function stressed(sentence, strong, plain = {}) {
  const marked = Object.entries(strong).map(([name, text]) => [name, `${STRONG}${text}${STRONG}`]);
  const pieces = say(sentence, { ...plain, ...Object.fromEntries(marked) }).split(STRONG);
  return pieces.map((piece, i) => (i % 2 ? make("b", "", piece) : piece));
}

/** The place of a photo: "top 0.1 %", or among few photos "3 of 34"; "" for one that no search found. */
export function place({ rank, percentile, searched }) {
  if (searched === undefined) return "";
  if (searched <= FEW) return say("{rank} of {searched}", { rank, searched });
  return say("top {share} %", { share: share(percentile, searched) });
}

/** Whether so many photos were searched that it says something how far one stands out among them. */
export const standsOut = ({ searched }) => searched === undefined || searched >= SPREAD;

/** Everything that is known of how a photo stands, in one line; "" for a photo that no search found. */
export function numbers(photo) {
  const { score, percentile, searched, lead, sketch, word } = photo;
  if (score === undefined) return "";
  const cosine = decimals(score);
  if (searched === undefined) return say("cosine {cosine}, percentile {percentile}", { cosine, percentile: decimals(percentile, 1) });
  const known = { place: place(photo), cosine, lead: rounded(lead), sketch: rounded(sketch), word: rounded(word) };
  if (!standsOut(photo)) return say("{place}; cosine {cosine}", known);
  if (typeof word === "number")
    return say("{place}: the drawing lifts it by {sketch} and the word by {word} standard deviations; cosine {cosine}", known);
  if (typeof lead !== "number" || lead < SLIGHT) return say("{place}; cosine {cosine}", known);
  return say("{place}, {lead} standard deviations ahead of the next photo; cosine {cosine}", known);
}

/** The share of photos that come at least as close, in per cent; never 0, for the photo itself does. */
function share(percentile, searched) {
  const part = 100 - percentile + 100 / searched;
  if (part < 1) return Math.max(0.1, Math.ceil(part * 10 - 1e-9) / 10);
  return part < 10 ? Number(part.toFixed(1)) : Math.round(part);
}

const rounded = (value) => (typeof value === "number" ? decimals(value, 1) : "");
