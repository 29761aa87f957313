// The plane of the map: which point lies where on the screen, nearer or farther, and which is next to which.

const MARGIN = 28; // pixels around all points
const FARTHEST_IN = 16; // times nearer than the whole map

export class Plane {
  zoom = 1;
  #x; // columns of coordinates, y up
  #y;
  #box; // left, bottom, right, top of all points
  #middle = null; // what is in the middle of the screen; null is the middle of all
  #width = 1;
  #height = 1;

  /** A plane of points, given as columns; y points up. */
  constructor(x, y) {
    [this.#x, this.#y] = [x, y];
    const ends = (column) => column.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [0, 0]);
    const [[left, right], [bottom, top]] = [ends(x), ends(y)];
    this.#box = [left, bottom, right, top];
  }

  /** Lay the plane out for a screen of so many pixels. */
  resize(width, height) {
    [this.#width, this.#height] = [width, height];
  }

  /** Pixels for each unit; the same along both axes, so that distances may be compared. */
  get #scale() {
    const [left, bottom, right, top] = this.#box;
    const across = Math.max(1, this.#width - 2 * MARGIN) / Math.max(1e-9, right - left);
    const up = Math.max(1, this.#height - 2 * MARGIN) / Math.max(1e-9, top - bottom);
    return this.zoom * Math.min(across, up);
  }

  get #centre() {
    const [left, bottom, right, top] = this.#box;
    return this.#middle ?? [(left + right) / 2, (bottom + top) / 2];
  }

  /** Where a place of the plane is on the screen. */
  toScreen([x, y]) {
    const [cx, cy] = this.#centre;
    return [this.#width / 2 + (x - cx) * this.#scale, this.#height / 2 - (y - cy) * this.#scale];
  }

  /** Which place of the plane is at a pixel. */
  toPlane([px, py]) {
    const [cx, cy] = this.#centre;
    return [cx + (px - this.#width / 2) / this.#scale, cy - (py - this.#height / 2) / this.#scale];
  }

  /** Go nearer by a factor, or farther below 1; the place at a pixel, or in the middle, stays where it is. */
  near(factor, pixel = [this.#width / 2, this.#height / 2]) {
    const kept = this.toPlane(pixel);
    this.zoom = Math.min(FARTHEST_IN, Math.max(1, this.zoom * factor));
    if (this.zoom === 1) this.#middle = null;
    else this.shift(...this.#difference(this.toScreen(kept), pixel));
  }

  /** Push the plane by pixels; the whole map stays where it is. */
  shift(dx, dy) {
    if (this.zoom === 1) return;
    const [left, bottom, right, top] = this.#box;
    const [cx, cy] = this.#centre;
    this.#middle = [clamp(cx - dx / this.#scale, left, right), clamp(cy + dy / this.#scale, bottom, top)];
  }

  /** Bring a place into view if it is out of it. */
  reveal(place) {
    const [px, py] = this.toScreen(place);
    const inside = px > MARGIN && py > MARGIN && px < this.#width - MARGIN && py < this.#height - MARGIN;
    if (!inside) this.shift(...this.#difference([px, py], [this.#width / 2, this.#height / 2]));
  }

  /** The numbers of the points that are on the screen. */
  inSight() {
    return [...this.#x.keys()].filter((i) => this.shows([this.#x[i], this.#y[i]]));
  }

  /** Whether a place is on the screen. */
  shows(place) {
    const [px, py] = this.toScreen(place);
    return px >= 0 && py >= 0 && px <= this.#width && py <= this.#height;
  }

  /** The number of the point nearest to a pixel, or -1 if none is within so many pixels. */
  at(pixel, within) {
    return this.#least((px, py) => {
      const distance = Math.hypot(px - pixel[0], py - pixel[1]);
      return distance <= within ? distance : Infinity;
    });
  }

  /** The next point from one of them in a direction, as (1, 0) to the right, or the point itself. */
  next(from, right, down) {
    const [x, y] = this.toScreen([this.#x[from], this.#y[from]]);
    const found = this.#least((px, py) => {
      const along = (px - x) * right + (py - y) * down;
      const beside = Math.abs((px - x) * down) + Math.abs((py - y) * right);
      return along > 0.5 && along >= beside ? along + 2 * beside : Infinity;
    });
    return found < 0 ? from : found;
  }

  /** The numbers of the points nearest to one of them, itself first. */
  around(from, count) {
    const distance = (i) => Math.hypot(this.#x[i] - this.#x[from], this.#y[i] - this.#y[from]);
    const others = [...this.#x.keys()].filter((i) => i !== from);
    return [from, ...others.sort((a, b) => distance(a) - distance(b)).slice(0, count - 1)];
  }

  #least(costs) {
    let [best, least] = [-1, Infinity];
    this.#x.forEach((x, i) => {
      const cost = costs(...this.toScreen([x, this.#y[i]]));
      if (cost < least) [best, least] = [i, cost];
    });
    return best;
  }

  #difference([ax, ay], [bx, by]) {
    return [bx - ax, by - ay];
  }
}

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
