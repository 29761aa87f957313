// A drawing as a small picture.

import { svg } from "./svg.js";

const SIDE = 600; // of the sheet, in canvas units

export function doodle(strokes) {
  const lines = strokes.map(({ x, y }) => svg("polyline", { points: x.map((value, i) => `${value},${y[i]}`).join(" ") }));
  return svg("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, "aria-hidden": "true" }, ...lines);
}
