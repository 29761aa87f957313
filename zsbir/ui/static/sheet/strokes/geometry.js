// Where strokes are: their box, what touches them, fewer points for the same look.

export const SIDE = 600; // canvas units; the sheet is square whatever its size on screen
export const MARGIN = 1 / 14; // of the sheet: what Python leaves free around a drawing

/** Left, top, right and bottom of all points, or null for no strokes. */
export function bounds(strokes) {
  if (!strokes.length) return null;
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of strokes) {
    for (let i = 0; i < x.length; i++) {
      box[0] = Math.min(box[0], x[i]);
      box[1] = Math.min(box[1], y[i]);
      box[2] = Math.max(box[2], x[i]);
      box[3] = Math.max(box[3], y[i]);
    }
  }
  return box;
}

/** The strokes moved and scaled so that they fill the sheet up to its margin; a dot is centred only. */
export function fitted(strokes, side = SIDE, margin = MARGIN) {
  const box = bounds(strokes);
  if (!box) return strokes;
  const [left, top, right, bottom] = box;
  const extent = Math.max(right - left, bottom - top);
  const scale = extent > side / 200 ? (side * (1 - 2 * margin)) / extent : 1;
  const place = (values, middle) => values.map((value) => (value - middle) * scale + side / 2);
  return strokes.map((stroke) => ({
    ...stroke,
    x: place(stroke.x, (left + right) / 2),
    y: place(stroke.y, (top + bottom) / 2),
  }));
}

export function distanceToSegment(px, py, ax, ay, bx, by) {
  const [dx, dy] = [bx - ax, by - ay];
  const length2 = dx * dx + dy * dy;
  const along = length2 ? Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / length2)) : 0;
  return Math.hypot(px - ax - along * dx, py - ay - along * dy);
}

/** Whether a stroke passes within `reach` units of a point. */
export function touches({ x, y }, px, py, reach) {
  if (x.length === 1) return Math.hypot(px - x[0], py - y[0]) <= reach;
  for (let i = 1; i < x.length; i++) {
    if (distanceToSegment(px, py, x[i - 1], y[i - 1], x[i], y[i]) <= reach) return true;
  }
  return false;
}

/** The numbers of the points that keep a line within `tolerance`: Ramer, Douglas and Peucker. */
export function keptPoints({ x, y }, tolerance) {
  const keep = new Set([0, x.length - 1]);
  const spans = [[0, x.length - 1]];
  while (spans.length) {
    const [first, last] = spans.pop();
    let [farthest, most] = [-1, tolerance];
    for (let i = first + 1; i < last; i++) {
      const distance = distanceToSegment(x[i], y[i], x[first], y[first], x[last], y[last]);
      if (distance > most) [farthest, most] = [i, distance];
    }
    if (farthest < 0) continue;
    keep.add(farthest);
    spans.push([first, farthest], [farthest, last]);
  }
  return [...keep].sort((a, b) => a - b);
}

/** The stroke with those of its points only. */
export function picked(stroke, points) {
  return Object.fromEntries(Object.entries(stroke).map(([key, values]) => [key, points.map((i) => values[i])]));
}

export const countPoints = (strokes) => strokes.reduce((sum, { x }) => sum + x.length, 0);
