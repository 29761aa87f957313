// One lane: a method and a mode, how long it took, and what it found first.

import { relay, say } from "../shared/say.js";
import { tell } from "../shared/signals.js";
import { make, words } from "../results/words.js";
import { sign, told } from "./lanes.js";

export class Lane {
  #photos = [];
  #tiles = new Map(); // photo id -> its list item, kept so that nothing flickers while one draws

  /** A lane for a way to search; `remove(way)` is offered unless it is the first. */
  constructor(way, isFirst, remove) {
    this.way = way;
    this.isFirst = isFirst;
    this.item = make("li", "lane");
    this.time = make("span", "time");
    this.about = make("p", "lane-about");
    this.list = make("ol", "lane-photos");
    const head = make("div", "lane-head");
    head.append(make("h2", "", way.name), make("span", "lane-mode", modeName(way.mode)), this.time);
    head.append(isFirst ? make("span", "lane-first", say("chosen on the page")) : this.#remover(remove));
    this.item.append(head, this.about, this.list);
  }

  /** Show what the lane found; the result is the lane. */
  show(found) {
    this.#photos = found.photos ?? [];
    this.time.textContent = found.trouble ? "" : say("{ms} ms", { ms: Math.round(found.milliseconds) });
    this.about.textContent = [found.note, found.trouble, within(found)].filter(Boolean).map(relay).join(" ");
    this.about.hidden = !this.about.textContent;
    this.#tiles = new Map(this.#photos.map((photo) => [photo.id, this.#tile(photo)]));
    this.list.replaceChildren(...this.#tiles.values());
    return this;
  }

  /** Outline the photo with an id, and no other. */
  mark(id) {
    for (const [photo, tile] of this.#tiles) tile.classList.toggle("same", photo === id);
  }

  #open(id) {
    tell("open", { photos: this.#photos, index: this.#photos.findIndex((photo) => photo.id === id) });
  }

  #tile(photo) {
    const item = this.#tiles.get(photo.id) ?? newTile(photo, (id) => this.#open(id));
    const button = item.firstChild;
    const text = told(photo, this.isFirst);
    button.setAttribute("aria-label", text);
    button.title = photo.title || words(photo.category);
    const moved = item.querySelector(".moved");
    moved.textContent = this.isFirst ? "" : sign(photo.moved);
    moved.dataset.way = photo.moved === null ? "new" : Math.sign(photo.moved);
    return item;
  }

  #remover(remove) {
    const button = Object.assign(make("button", "lane-remove", "×"), { type: "button" });
    const values = { method: this.way.name, mode: modeName(this.way.mode) };
    button.setAttribute("aria-label", say("Remove the lane of {method}, {mode}", values));
    button.addEventListener("click", () => remove(this.way));
    return button;
  }
}

function newTile(photo, open) {
  const item = make("li", "");
  const button = Object.assign(make("button", ""), { type: "button" });
  button.dataset.photo = photo.id;
  const image = Object.assign(make("img", ""), { alt: "", decoding: "async", src: `${photo.url}?side=384` });
  image.addEventListener("error", () => item.classList.add("missing"));
  button.addEventListener("click", () => open(photo.id));
  button.append(image, make("span", "lane-category", words(photo.category)), make("span", "moved"));
  item.append(button);
  return item;
}

/** A mode, as the page's toggle calls it. */
export function modeName(mode) {
  return mode === "fine-grained" ? say("Fine-grained") : say("Category-level");
}

function within({ category, assumed }) {
  if (!category) return "";
  const values = { category: words(category) };
  return assumed ? say("Within “{category}”, assumed.", values) : say("Within “{category}”, chosen by you.", values);
}
