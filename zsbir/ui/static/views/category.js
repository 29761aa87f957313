// One category in the list: its name, whether it was learnt from, and, once chosen, its photos.

import { ask } from "../shared/ask.js";
import { say } from "../shared/say.js";
import { tell } from "../shared/signals.js";
import { make, words } from "../results/words.js";
import { groupOf } from "./groups.js";

export class Category {
  #button = Object.assign(make("button", ""), { type: "button" });
  #photos = null; // the list of its photos, once they were asked for

  constructor(category) {
    this.category = category;
    this.item = make("li", "");
    const { name: group, title } = groupOf(category);
    const values = { category: words(category.name), status: title, photos: category.photos };
    this.#button.append(make("i", `sign ${group}`), make("b", "", values.category), make("small", "", String(category.photos)));
    this.#button.setAttribute("aria-label", say("{category}: {status}. Photos: {photos}", values));
    this.#button.setAttribute("aria-expanded", "false");
    this.#button.addEventListener("click", () => this.#toggle());
    this.item.append(this.#button);
  }

  #toggle() {
    const isOpen = this.item.classList.toggle("open");
    this.#button.setAttribute("aria-expanded", isOpen);
    if (isOpen && !this.#photos) this.#load();
    if (this.#photos) this.#photos.hidden = !isOpen;
  }

  async #load() {
    this.#photos = this.item.appendChild(make("div", "category-photos"));
    try {
      const { photos } = await ask("photos", { more: { of: this.category.name } });
      this.#photos.append(tiles(photos));
      if (photos.length < this.category.photos) {
        const values = { shown: photos.length, photos: this.category.photos };
        this.#photos.append(make("p", "", say("The first {shown} of {photos} photos.", values)));
      }
    } catch (error) {
      this.#photos.append(make("p", "complaint", error.message));
      this.#photos = null; // the next press asks again
    }
  }
}

function tiles(photos) {
  const list = make("ul", "lane-photos");
  list.append(
    ...photos.map((photo, index) => {
      const button = Object.assign(make("button", ""), { type: "button", title: photo.title });
      button.setAttribute("aria-label", photo.title || words(photo.category));
      button.addEventListener("click", () => tell("open", { photos, index }));
      const item = make("li", "");
      const image = Object.assign(make("img", ""), { alt: "", loading: "lazy", src: `${photo.url}?side=384` });
      image.addEventListener("error", () => item.classList.add("missing"));
      button.append(image);
      item.append(button);
      return item;
    }),
  );
  return list;
}
