// The line under a photo: how far it stands out among all, and whether drawing or word lifted it.

import { say } from "../shared/say.js";
import { make, numbers, place, standsOut } from "./words.js";

const MOSTLY = 2 / 3; // of what lifted a photo; from there on one of drawing and word did it

/** How far a photo stands out, as shares of drawing and word; neither gives less than nothing. */
function gave({ above = 0, sketch, word }) {
  const lifts = [Math.max(0, sketch ?? 0), Math.max(0, word ?? 0)];
  const scale = Math.max(0, above) / (lifts[0] + lifts[1] || 1);
  return { sketch: scale * lifts[0], word: scale * lifts[1] };
}

/** Which of drawing and word lifted a photo. */
export function lifted(photo) {
  const { sketch, word } = gave(photo);
  if (!(sketch + word)) return say("neither");
  if (sketch >= MOSTLY * (sketch + word)) return say("drawing");
  return word >= MOSTLY * (sketch + word) ? say("word") : say("both");
}

/** The line under a photo: a bar as long as it stands out beside the `most` that any does, and a few words. */
export class Standing {
  #bar = make("span", "bar");
  #told = make("span", "told");

  constructor() {
    this.#bar.append(make("i", "by-drawing"), make("i", "by-word"));
  }

  get parts() {
    return [this.#bar, this.#told];
  }

  show(photo, most) {
    const { sketch, word } = gave(photo);
    this.#bar.style.setProperty("--drawing", sketch / most);
    this.#bar.style.setProperty("--word", word / most);
    const isTold = standsOut(photo);
    this.#bar.hidden = photo.sketch === undefined || !isTold;
    this.#told.textContent = isTold && typeof photo.word === "number" ? lifted(photo) : place(photo);
    this.#told.title = numbers(photo);
  }
}

/** How far the photo that stands out most does so. */
export const most = (photos) => Math.max(1e-6, ...photos.map(({ above = 0 }) => above));
