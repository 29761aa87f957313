// The map as a picture: photos as dots, names, and the drawing with the way it came.

import { prefersStillness } from "../shared/signals.js";
import { words } from "../results/words.js";
import { beside, middles, placed } from "./labels.js";
import { Prints } from "./prints.js";

const GLIDE = 280; // milliseconds from one place of the drawing to the next
const ROOM = 14_000; // square pixels for each category that is named while nothing is drawn; the largest come first
const [RING, DOT] = [9, 4.5]; // radii of the drawing and of a photo that it finds
const FONT = '"Atkinson Hyperlegible Next", sans-serif';

export class Chart {
  #canvas;
  #under = document.createElement("canvas"); // the dots, which stay while the drawing moves over them
  #frame = 0;
  #since = 0; // when the drawing began to glide to where it is
  #from = null;
  #middles = [];
  #prints = new Prints(() => this.redraw(true));
  #stale = true; // whether the dots are to be painted again

  /** What is shown; whoever changes it calls `redraw`, and `redraw(true)` where the dots change. */
  map = null; // as zsbir.ui.explaining.map answers
  urlOf = null; // where a photo can be had, by its number
  plane = null;
  chosen = -1; // the category that is picked out
  pointed = -1; // the point that is pointed at
  nearest = []; // photos with x and y
  trail = []; // where the drawing was; the last is where it is

  constructor(canvas) {
    this.#canvas = canvas;
    new ResizeObserver(() => this.redraw(true)).observe(canvas);
    for (const what of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) {
      window.matchMedia(what).addEventListener("change", () => setTimeout(() => this.redraw(true), 100));
    }
  }

  show(map, plane, urlOf) {
    Object.assign(this, { map, plane, urlOf });
    this.#middles = middles(map).sort((a, b) => b.count - a.count);
    this.redraw(true);
  }

  /** Let the drawing go on to a place. */
  go(place) {
    this.#from = this.trail.at(-1) ?? place;
    this.trail.push(place);
    this.#since = performance.now();
    this.redraw();
  }

  redraw(dots = false) {
    if (dots) this.#since = 0;
    this.#stale ||= dots;
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.map && this.#fit() && this.#paint());
  }

  /** Fit the pictures to the screen's pixels; false while the canvas is hidden. */
  #fit() {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    if (!width) return false;
    const fine = window.devicePixelRatio || 1;
    const changed = this.#canvas.width !== Math.round(width * fine) || this.#canvas.height !== Math.round(height * fine);
    if (changed) for (const one of [this.#canvas, this.#under]) Object.assign(one, { width: Math.round(width * fine), height: Math.round(height * fine) });
    this.plane.resize(width, height);
    if (this.#stale || changed) this.#paintDots(this.#pen(this.#under));
    this.#stale = false;
    return true;
  }

  #pen(canvas) {
    const fine = window.devicePixelRatio || 1;
    const pen = canvas.getContext("2d");
    pen.setTransform(fine, 0, 0, fine, 0, 0);
    pen.clearRect(0, 0, canvas.width / fine, canvas.height / fine);
    return pen;
  }

  /** The colours of the page as they are now: they differ by night, and where the visitor forces their own. */
  get #colours() {
    const figure = getComputedStyle(this.#canvas.parentElement);
    return { ink: getComputedStyle(this.#canvas).color, soft: figure.color, paper: figure.backgroundColor };
  }

  #paintDots(pen) {
    const { x, y, of } = this.map;
    const { ink, soft } = this.#colours;
    if (this.plane.zoom > 1 && this.#prints.paint(pen, this.#inSight(), soft)) return;
    const size = 2 + Math.log2(this.plane.zoom);
    const dots = (colour, alpha, radius, belongs) => {
      pen.fillStyle = colour;
      pen.globalAlpha = alpha;
      x.forEach((_, i) => belongs(of[i]) && disc(pen, this.plane.toScreen([x[i], y[i]]), radius));
    };
    dots(soft, this.chosen < 0 ? 0.5 : 0.25, size, (number) => number !== this.chosen);
    dots(ink, 1, size + 2.5, (number) => number === this.chosen);
    pen.globalAlpha = 1;
  }

  #inSight() {
    const { x, y } = this.map;
    return this.plane.inSight().map((i) => ({ url: this.urlOf(i), place: this.plane.toScreen([x[i], y[i]]) }));
  }

  #paint() {
    const pen = this.#pen(this.#canvas);
    const colours = this.#colours;
    pen.drawImage(this.#under, 0, 0, this.#canvas.clientWidth, this.#canvas.clientHeight);
    const glided = prefersStillness() || !this.#since ? 1 : Math.min(1, (performance.now() - this.#since) / GLIDE);
    const place = this.#between(glided);
    if (place) this.#paintDrawing(pen, colours, place);
    this.#paintNames(pen, colours);
    if (this.pointed >= 0) {
      pen.strokeStyle = colours.ink;
      pen.lineWidth = 2.5;
      ring(pen, this.plane.toScreen([this.map.x[this.pointed], this.map.y[this.pointed]]), 8);
    }
    if (glided < 1) this.#frame = requestAnimationFrame(() => this.#paint());
  }

  #between(share) {
    const to = this.trail.at(-1);
    if (!to) return null;
    const eased = 1 - (1 - share) ** 3;
    return [0, 1].map((axis) => this.#from[axis] + (to[axis] - this.#from[axis]) * eased);
  }

  #paintDrawing(pen, { ink, paper }, place) {
    const [x, y] = this.plane.toScreen(place);
    pen.strokeStyle = pen.fillStyle = ink;
    pen.lineWidth = 1;
    pen.globalAlpha = 0.35;
    for (const photo of this.nearest) line(pen, [[x, y], this.plane.toScreen([photo.x, photo.y])]);
    pen.globalAlpha = 1;
    for (const photo of this.nearest) disc(pen, this.plane.toScreen([photo.x, photo.y]), DOT);
    this.#paintTrail(pen, [x, y]);
    pen.fillStyle = paper;
    disc(pen, [x, y], RING);
    pen.lineWidth = 3;
    ring(pen, [x, y], RING);
    pen.fillStyle = ink;
    disc(pen, [x, y], 3);
  }

  /** The way since the first stroke, from a small ring; the older, the paler. */
  #paintTrail(pen, end) {
    const way = [...this.trail.slice(0, -1).map((was) => this.plane.toScreen(was)), end];
    pen.lineWidth = 1.5;
    way.slice(1).forEach((place, i) => {
      pen.globalAlpha = 0.25 + (0.75 * (i + 1)) / way.length;
      line(pen, [way[i], place]);
      disc(pen, place, 2);
    });
    pen.globalAlpha = 1;
    ring(pen, way[0], 4);
  }

  /** Names beside what the drawing finds, or in the middles of the largest categories while nothing is drawn. */
  #paintNames(pen, { ink, soft, paper }) {
    const drawn = this.nearest.length > 0;
    pen.font = `${drawn ? 600 : 400} 14px ${FONT}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    const screen = { width: this.#canvas.clientWidth, height: this.#canvas.clientHeight };
    const named = this.#named(drawn, screen).filter(([, place]) => this.plane.shows(place));
    const boxes = named.map(([category, place]) => {
      const [x, y] = this.plane.toScreen(place);
      const text = words(category);
      return { text, x, y, width: pen.measureText(text).width + (drawn ? 6 : 16), height: 18 };
    });
    pen.lineWidth = 5;
    pen.lineJoin = "round";
    pen.strokeStyle = paper;
    pen.fillStyle = drawn ? ink : soft;
    for (const { text, x, y } of placed(boxes, screen, drawn ? { ...this.#drawn(), tries: beside } : {})) {
      pen.strokeText(text, x, y);
      pen.fillText(text, x, y);
    }
  }

  /** What of the drawing no name covers, its ring, and what few do, the dots of the photos that it finds. */
  #drawn() {
    const disc = (place, radius) => {
      const [x, y] = this.plane.toScreen(place);
      return { x, y, radius };
    };
    return {
      blocked: [disc(this.trail.at(-1), RING + 3)],
      soft: this.nearest.map((photo) => disc([photo.x, photo.y], DOT + 1)),
    };
  }

  #named(drawn, { width, height }) {
    if (!drawn) {
      const chosen = this.#middles.filter(({ number }) => number === this.chosen);
      return [...chosen, ...this.#middles.slice(0, Math.round((width * height) / ROOM))].map(({ number, place }) => [this.map.categories[number], place]);
    }
    const firsts = new Map();
    for (const { category, x, y } of this.nearest) if (!firsts.has(category)) firsts.set(category, [x, y]);
    return [...firsts];
  }
}

function disc(pen, [x, y], radius) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
}

function ring(pen, [x, y], radius) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.stroke();
}

function line(pen, places) {
  pen.beginPath();
  for (const [x, y] of places) pen.lineTo(x, y);
  pen.stroke();
}
