// The grid of photos; a photo that stays keeps its tile, so that nothing flickers while one draws.

import { say } from "../shared/say.js";
import { most, Standing } from "./standing.js";
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
    const highest = most(photos);
    this.#tiles = new Map(photos.map((photo) => [photo.url, this.#tile(photo, highest)]));
    this.#grid.replaceChildren(...this.#tiles.values());
  }

  #tile(photo, highest) {
    const item = this.#tiles.get(photo.url) ?? this.#newTile(photo);
    item.photo = photo;
    item.standing.show(photo, highest);
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
    print.append(image, make("span", "gone", say("photo missing")));
    const label = make("span", "label");
    item.standing = new Standing();
    label.append(make("span", "category", words(photo.category)), ...item.standing.parts);
    button.append(print, label);
    button.addEventListener("click", () => this.#view(this.#photos, this.#photos.indexOf(item.photo)));
    item.append(button);
    return item;
  }
}
