// How alike the parts of two pictures are, and which of them lie where.

/** Cosines of a sketch's parts with a photo's, out of base64 of signed bytes in hundredths. */
export class Similarity {
  #values;
  #columns;

  constructor(text, columns) {
    this.#values = Int8Array.from(atob(text), (byte) => byte.charCodeAt(0));
    this.#columns = columns;
  }

  /** The cosines of a part of the sketch with each part of the photo. */
  ofSketch(part) {
    return [...this.#values.subarray(part * this.#columns, (part + 1) * this.#columns)].map((value) => value / 100);
  }

  /** The cosines of a part of the photo with each part of the sketch. */
  ofPhoto(part) {
    return [...this.#values].filter((_, i) => i % this.#columns === part).map((value) => value / 100);
  }
}

const FLAT = 0.1; // cosines that differ by less than this are not lit in full

/**
 * How brightly to light parts by their cosines: 0 for the mean of those that count, 1 for the best.
 *
 * `counts` tells of each part whether it may be lit. The result has the `levels`, the `best` part and the `mean`.
 */
export function lit(cosines, counts) {
  const counted = cosines.filter((_, i) => counts[i]);
  const mean = counted.reduce((sum, value) => sum + value, 0) / counted.length;
  const top = Math.max(...counted);
  const best = cosines.findIndex((value, i) => counts[i] && value === top);
  const levels = cosines.map((value, i) => (counts[i] ? Math.max(0, value - mean) / Math.max(top - mean, FLAT) : 0));
  return { levels, best, mean };
}

/** The part whose middle is nearest to a point of [0, 1] x [0, 1]. */
export function partAt(boxes, x, y) {
  const distances = boxes.map(middle).map(([across, down]) => Math.hypot(across - x, down - y));
  return distances.indexOf(Math.min(...distances));
}

const middle = ([left, top, right, bottom]) => [(left + right) / 2, (top + bottom) / 2];

/** Cut overlapping boxes into tiles that do not overlap: each its own `box`, and the numbers of its `parts`. */
export function tiled(boxes) {
  const sorted = (values) => [...new Set(values)].sort((a, b) => a - b);
  const xs = sorted(boxes.flatMap(([left, , right]) => [left, right]));
  const ys = sorted(boxes.flatMap(([, top, , bottom]) => [top, bottom]));
  const tiles = [];
  for (let row = 1; row < ys.length; row++) {
    for (let column = 1; column < xs.length; column++) {
      const box = [xs[column - 1], ys[row - 1], xs[column], ys[row]];
      const [x, y] = middle(box);
      const inside = ([left, top, right, bottom]) => left < x && x < right && top < y && y < bottom;
      tiles.push({ box, parts: boxes.flatMap((each, i) => (inside(each) ? [i] : [])) });
    }
  }
  return tiles;
}
