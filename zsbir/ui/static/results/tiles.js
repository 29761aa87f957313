// The grid of photos; a photo that stays keeps its tile, so that nothing flickers while one draws.

import { say } from "../shared/say.js";
import { make, numbers, words } from "./words.js";

export class Tiles {
  #grid;
  #view;
  #tiles = new Map(); // photo address -> its list item
  #photos = [];
  #ringed = false;

  /** Fill `grid`; `view(photos, index)` opens one of them large. */
  constructor(grid, view) {
    [this.#grid, this.#view] = [grid, view];
  }

  /** Show photos; where `ringed`, with a ring at those of categories that the method never learnt from. */
  show(photos, ringed = false) {
    this.#photos = photos;
    this.#ringed = ringed;
    this.#tiles = new Map(photos.map((photo) => [photo.url, this.#tile(photo)]));
    this.#grid.replaceChildren(...this.#tiles.values());
  }

  #tile(photo) {
    const item = this.#tiles.get(photo.url) ?? this.#newTile(photo);
    item.photo = photo;
    item.querySelector(".score").textContent = photo.score.toFixed(3);
    const digits = photo.percentile < 99.95 ? 1 : 0;
    item.querySelector(".percentile").textContent = `${photo.percentile.toFixed(digits)}\u00a0%`;
    const title = photo.title && photo.title !== photo.category ? ` (${photo.title})` : "";
    const label = `${photo.rank}. ${words(photo.category)}${title}, ${numbers(photo)}`;
    const unseen = this.#ringed && photo.status === "not by it";
    item.classList.toggle("unseen", unseen);
    item.firstChild.setAttribute("aria-label", unseen ? `${label}, ${say("unseen")}` : label);
    item.firstChild.title = photo.title || words(photo.category);
    return item;
  }

  #newTile(photo) {
    const item = make("li", "");
    const button = Object.assign(make("button", "tile"), { type: "button" });
    const print = make("span", "print");
    const image = Object.assign(make("img", ""), { alt: "", loading: "lazy", decoding: "async" });
    image.addEventListener("error", () => item.classList.add("missing"));
    image.addEventListener("load", () => item.classList.add("developed"));
    image.src = `${photo.url}?side=384`;
    print.append(image, make("span", "gone", "photo missing"));
    const label = make("span", "label");
    label.append(make("span", "category", words(photo.category)), make("span", "score"), make("span", "percentile"));
    button.append(print, label);
    button.addEventListener("click", () => this.#view(this.#photos, this.#photos.indexOf(item.photo)));
    item.append(button);
    return item;
  }
}
