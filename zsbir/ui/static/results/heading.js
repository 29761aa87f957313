// What an answer says about itself, in a headline and a note.

import { say } from "../shared/say.js";
import { make, words } from "./words.js";

/** Write headline, note and the picture that the model saw into `part`. */
export function heading(part, answer) {
  const [title, note] = answer.mode === "fine-grained" && answer.category ? within(answer) : among(answer);
  part.querySelector("h2").replaceChildren(...title);
  part.querySelector(".note").textContent = note.filter(Boolean).join(" ");
  const below = part.querySelector(".legend");
  below.textContent = legend(answer);
  below.classList.toggle("ringed", !answer.untrained && answer.photos.some(isUnseen));
  part.querySelector(".seen img").src = answer.seen;
}

const isUnseen = ({ status }) => status === "not by it";

/** What the rings mean: which photos the method had to find without having learnt from their category. */
function legend({ untrained, photos, by }) {
  if (untrained) return say("{by} learnt from no sketches: it has to find every category zero-shot.", { by });
  if (photos.some(({ status }) => status === "unknown")) return say("Nothing tells which categories {by} learnt from.", { by });
  if (!photos.some(isUnseen)) return "";
  return say("A ring marks a category that {by} never learnt from: found zero-shot.", { by });
}

/** Fine-grained: the photos of one category. */
function within({ category, assumed, searched, untrained, by, note }) {
  const title = [make("b", "", words(category)), assumed ? ", assumed from your drawing" : ", chosen by you"];
  const all = `The ${searched.toLocaleString()} photos of this category, closest first${note ? "" : ` by ${by}`}.`;
  return [
    title,
    [
      note,
      searched === 1 ? "The only photo of this category." : all,
      assumed && "If it is wrong, choose another above.",
      untrained && !note && `${by} learnt nothing for this mode: the same embedding ranks inside the category.`,
    ],
  ];
}

/** Category-level: the whole gallery. */
function among({ mode, photos, searched, gallery, by, note }) {
  const [first, ...others] = new Set(photos.map((photo) => words(photo.category)));
  const title = [make("b", "", first), others.length ? `, then ${others.slice(0, 2).join(" and ")}` : ""];
  return [
    title,
    [
      note,
      mode === "fine-grained" && "The photos have no categories, so all are ranked.",
      `The closest of ${searched.toLocaleString()} photos in ${gallery}${note ? "" : ` by ${by}`}.`,
      "Under each photo: cosine score, and percentile within the gallery.",
    ],
  ];
}
