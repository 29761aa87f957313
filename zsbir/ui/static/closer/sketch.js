// The drawing as SVG: a path for each stroke, in a square that the whole drawing fills.

import { bounds, SIDE } from "../sheet/strokes/geometry.js";

const MARGIN = 1 / 14; // as on the paper that the model sees
const round = (value) => +value.toFixed(1);

/** The viewBox around some strokes: a square with a margin. */
export function frame(strokes) {
  const [left, top, right, bottom] = bounds(strokes) ?? [0, 0, SIDE, SIDE];
  const side = Math.max(right - left, bottom - top, SIDE / 20) / (1 - 2 * MARGIN);
  return [(left + right - side) / 2, (top + bottom - side) / 2, side, side].map(round).join(" ");
}

/** The path of a stroke; a stroke of one point is a dot. */
export function path({ x, y }) {
  const points = x.map((value, i) => `${round(value)} ${round(y[i])}`);
  return points.length === 1 ? `M${points[0]}h.01` : `M${points.join("L")}`;
}
