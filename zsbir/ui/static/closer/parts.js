// One of two pictures that are compared part by part: its parts can be pointed at, lit and outlined.

import { svg } from "../shared/svg.js";
import { make } from "../results/words.js";
import { partAt, tiled } from "./similarity.js";

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }; // columns and rows
const DARKEST = 0.86; // of the veil over parts that are not lit

export class Parts extends EventTarget {
  element = make("div", "square parts");
  #image = this.element.appendChild(make("img", ""));
  #veil = svg("g", { class: "veil" });
  #outlines = svg("g", { class: "outlines" });
  #boxes = [];
  #columns = 1;
  #tiles = [];
  #chosen = 0;

  /** `label` says what the picture is. It fires "choose" with the number of a part as `detail`. */
  constructor(label) {
    super();
    this.#image.alt = "";
    this.element.append(svg("svg", { viewBox: "0 0 1 1", "aria-hidden": true }, this.#veil, this.#outlines));
    this.element.tabIndex = 0;
    this.element.setAttribute("role", "application");
    this.element.setAttribute("aria-label", label);
    this.element.addEventListener("keydown", (event) => this.#walk(event));
    for (const gesture of ["pointerdown", "pointermove"]) {
      this.element.addEventListener(gesture, (event) => this.#point(event));
    }
  }

  /** Show a picture and its parts, row by row, so many in a row. */
  show(picture, boxes, columns) {
    [this.#boxes, this.#columns, this.#tiles] = [boxes, columns, tiled(boxes)];
    this.#image.src = picture;
    this.#veil.replaceChildren(...this.#tiles.map(({ box }) => rectangle("", box)));
  }

  /** Light the parts by `levels` in [0, 1], or all of them; outline those that `outlines` names by a class. */
  light(levels, outlines) {
    this.#tiles.forEach(({ parts }, i) => {
      const level = levels ? Math.max(...parts.map((part) => levels[part])) : 1;
      this.#veil.children[i].setAttribute("fill-opacity", (DARKEST * (1 - level)).toFixed(2));
    });
    const named = Object.entries(outlines).filter(([, part]) => part !== null);
    this.#outlines.replaceChildren(...named.map(([name, part]) => rectangle(name, this.#boxes[part])));
    if (outlines.chosen !== undefined) this.#chosen = outlines.chosen;
  }

  #choose(part) {
    this.dispatchEvent(new CustomEvent("choose", { detail: part }));
  }

  #point({ clientX, clientY }) {
    const { left, top, width, height } = this.element.getBoundingClientRect();
    this.#choose(partAt(this.#boxes, (clientX - left) / width, (clientY - top) / height));
  }

  #walk(event) {
    if (!STEPS[event.key]) return;
    event.preventDefault();
    const [across, down] = STEPS[event.key];
    const column = (this.#chosen % this.#columns) + across;
    const next = this.#chosen + across + down * this.#columns;
    if (column >= 0 && column < this.#columns && next >= 0 && next < this.#boxes.length) this.#choose(next);
  }
}

function rectangle(name, [x, y, right, bottom]) {
  return svg("rect", { class: name, x, y, width: right - x, height: bottom - y });
}
