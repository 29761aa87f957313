// What a class does to a drawing to see where the model gives up. Strokes in, strokes out; one is never changed.

import { bounds, SIDE } from "../../sheet/strokes/geometry.js";

const SQUEEZED = 0.35; // of the height or width
const SMALL = 0.15; // of the sheet
const CORNER = 40; // canvas units from the edge
const APART = 9; // canvas units between the lines of a stroke that is drawn three times
const ZIGZAGS = 38;

/** The strokes with every point moved by `move(x, y) -> [x, y]`. */
function moved(strokes, move) {
  return strokes.map((stroke) => {
    const points = stroke.x.map((x, i) => move(x, stroke.y[i]));
    return { ...stroke, x: points.map(([x]) => x), y: points.map(([, y]) => y) };
  });
}

/** The middle of what is drawn. */
function middle(strokes) {
  const [left, top, right, bottom] = bounds(strokes);
  return [(left + right) / 2, (top + bottom) / 2];
}

function upsideDown(strokes) {
  const [, y0] = middle(strokes);
  return moved(strokes, (x, y) => [x, 2 * y0 - y]);
}

function mirrored(strokes) {
  const [x0] = middle(strokes);
  return moved(strokes, (x, y) => [2 * x0 - x, y]);
}

function flattened(strokes) {
  const [, y0] = middle(strokes);
  return moved(strokes, (x, y) => [x, y0 + (y - y0) * SQUEEZED]);
}

function narrowed(strokes) {
  const [x0] = middle(strokes);
  return moved(strokes, (x, y) => [x0 + (x - x0) * SQUEEZED, y]);
}

/** Small, in the upper left corner. */
function tiny(strokes) {
  const [left, top, right, bottom] = bounds(strokes);
  const scale = (SMALL * SIDE) / Math.max(1, right - left, bottom - top);
  return moved(strokes, (x, y) => [CORNER + (x - left) * scale, CORNER + (y - top) * scale]);
}

/** As small, and one dot in the opposite corner. */
function tinyWithDot(strokes) {
  return [...tiny(strokes), { x: [SIDE - CORNER], y: [SIDE - CORNER] }];
}

/** Every stroke three times with an unsteady hand. */
function sketchy(strokes) {
  const shaken = (shift) =>
    moved(strokes, (x, y) => [x + shift + 4 * Math.sin(y / 20), y + shift + 4 * Math.cos(x / 20)]);
  return [...shaken(-APART), ...shaken(0), ...shaken(APART)];
}

/** Scribbled over from left to right. */
function scribbledOver(strokes) {
  const line = Array.from({ length: ZIGZAGS }, (_, i) => i);
  const x = line.map((i) => CORNER + (i / (ZIGZAGS - 1)) * (SIDE - 2 * CORNER));
  return [...strokes, { x, y: line.map((i) => (i % 2 ? SIDE - CORNER : CORNER)) }];
}

/** Every other piece of every line is left out. */
function dashed(strokes) {
  return strokes.flatMap(({ x, y }) => {
    const starts = x.map((_, i) => i).filter((i) => i % 3 === 0 && i + 1 < x.length);
    return x.length > 1 ? starts.map((i) => ({ x: x.slice(i, i + 2), y: y.slice(i, i + 2) })) : [{ x, y }];
  });
}

export const HARM = { upsideDown, mirrored, flattened, narrowed, tiny, tinyWithDot, sketchy, scribbledOver, dashed };
