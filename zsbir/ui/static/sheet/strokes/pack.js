// Strokes as Python's `Drawing.from_json` reads them, thinned when there are very many points.

import { countPoints } from "./geometry.js";

const MAX_SENT_POINTS = 15000; // Python refuses more than 20,000

const rounded = (values, digits) => values.map((v) => +v.toFixed(digits));
const every = (values, step) => values.filter((_, i) => i % step === 0 || i === values.length - 1);

export function packed(strokes) {
  const step = Math.max(1, Math.ceil(countPoints(strokes) / MAX_SENT_POINTS));
  return strokes.map(({ x, y, t, p }) => ({
    x: rounded(every(x, step), 1),
    y: rounded(every(y, step), 1),
    ...(t && { t: rounded(every(t, step), 0) }),
    ...(p && { p: rounded(every(p, step), 2) }),
  }));
}
