// A photo's rank over strokes as a line, the best rank at the top; pressing the line chooses a moment.

import { language, say } from "../shared/say.js";
import { svg } from "../shared/svg.js";
import { make } from "../results/words.js";
import { rankScale, steps } from "./scales.js";

const HEIGHT = 230;
const [LEFT, RIGHT, TOP, BOTTOM] = [64, 16, 16, 44]; // pixels around the plot

export class Chart {
  element = make("div", "chart");
  #moments = [];
  #scale = null;
  #at = 0;

  /** `choose(i)` is called with the number of the moment that is pressed. */
  constructor(choose) {
    const press = (event) => (event.buttons || event.type === "pointerdown") && choose(this.#nearest(event));
    this.element.addEventListener("pointerdown", press);
    this.element.addEventListener("pointermove", press);
    new ResizeObserver(() => this.#draw()).observe(this.element);
  }

  /** Show moments `[{strokes, rank}]` of a search among so many photos. */
  show(moments, searched) {
    [this.#moments, this.#scale] = [moments, rankScale(searched)];
    this.mark(moments.length - 1);
  }

  /** Mark the moment that is looked at. */
  mark(i) {
    this.#at = i;
    this.#draw();
  }

  get #width() {
    return this.element.clientWidth;
  }

  #x(strokes) {
    const [first, last] = [this.#moments[0].strokes, this.#moments.at(-1).strokes];
    const share = last > first ? (strokes - first) / (last - first) : 0.5;
    return LEFT + share * (this.#width - LEFT - RIGHT);
  }

  #y(rank) {
    return TOP + this.#scale.at(rank) * (HEIGHT - TOP - BOTTOM);
  }

  #nearest({ clientX }) {
    const x = clientX - this.element.getBoundingClientRect().left;
    const distances = this.#moments.map(({ strokes }) => Math.abs(this.#x(strokes) - x));
    return distances.indexOf(Math.min(...distances));
  }

  #draw() {
    if (!this.#moments.length || !this.#width) return;
    const plot = svg("svg", { width: this.#width, height: HEIGHT, role: "img", "aria-label": this.#described() });
    plot.append(...this.#axes(), ...this.#line());
    this.element.replaceChildren(plot);
  }

  #axes() {
    const foot = HEIGHT - BOTTOM;
    const ranks = this.#scale.ticks.flatMap((rank) => [
      svg("path", { class: "rule", d: `M${LEFT} ${this.#y(rank)}H${this.#width - RIGHT}` }),
      svg("text", { x: LEFT - 10, y: this.#y(rank) + 4, "text-anchor": "end" }, rank.toLocaleString(language)),
    ]);
    const last = this.#moments.at(-1).strokes;
    const strokes = steps(last, Math.max(2, this.#width / 70)).map((count) =>
      svg("text", { x: this.#x(count), y: foot + 20, "text-anchor": "middle" }, count.toLocaleString(language)),
    );
    const names = [
      svg("text", { x: -(TOP + foot) / 2, y: 14, transform: "rotate(-90)", "text-anchor": "middle" }, say("rank")),
      svg("text", { x: (LEFT + this.#width - RIGHT) / 2, y: HEIGHT - 4, "text-anchor": "middle" }, say("strokes")),
    ];
    return [...ranks, ...strokes, ...names];
  }

  #line() {
    const points = this.#moments.map(({ strokes, rank }) => [this.#x(strokes), this.#y(rank)]);
    const [x, y] = points[this.#at];
    return [
      svg("path", { class: "now", d: `M${x} ${TOP}V${HEIGHT - BOTTOM}` }),
      svg("path", { class: "way", d: `M${points.map((point) => point.join(" ")).join("L")}` }),
      ...points.map(([cx, cy]) => svg("circle", { class: "moment", cx, cy, r: 3 })),
      svg("circle", { class: "current", cx: x, cy: y, r: 6.5 }),
    ];
  }

  #described() {
    const ranks = this.#moments.map(({ rank }) => rank);
    const values = { first: ranks[0], last: ranks.at(-1), best: Math.min(...ranks) };
    return say("The rank over strokes: {first} after the first, {last} after the last, {best} at best.", values);
  }
}
