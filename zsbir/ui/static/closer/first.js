// The photos that stood first at a moment, as a strip; a photo that stays keeps its place in the page.

import { say } from "../shared/say.js";
import { make, words } from "../results/words.js";

export class First {
  element = make("ol", "first");
  #items = new Map(); // photo address -> its list item

  constructor() {
    this.element.setAttribute("aria-label", say("The photos that stood first"));
  }

  /** Show photos, and mark the one at `url`. */
  show(photos, url) {
    this.#items = new Map(photos.map((photo) => [photo.url, this.#items.get(photo.url) ?? item(photo)]));
    for (const [each, element] of this.#items) element.classList.toggle("sought", each === url);
    this.element.replaceChildren(...this.#items.values());
  }
}

function item(photo) {
  const name = photo.title || words(photo.category);
  const image = Object.assign(make("img", ""), { alt: name, title: name, src: `${photo.url}?side=384` });
  const element = make("li", "");
  element.append(image);
  return element;
}
