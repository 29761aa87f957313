// When each point was drawn: times run on from stroke to stroke, as in Quick, Draw!'s raw drawings.

export const LONGEST_PAUSE = 2000; // milliseconds; who thinks for longer is not waited for
const USUAL_PAUSE = 250; // milliseconds before a stroke of which nothing is known
const USUAL_SPEED = 0.7; // canvas units per millisecond

const last = (values) => values[values.length - 1];

/** When a drawing ends, in milliseconds; 0 for no strokes. */
export const endOf = (strokes) => (strokes.length ? (last(last(strokes).t ?? []) ?? 0) : 0);

function guessed({ x, y }) {
  const t = [0];
  for (let i = 1; i < x.length; i++) t.push(t[i - 1] + Math.hypot(x[i] - x[i - 1], y[i] - y[i - 1]) / USUAL_SPEED);
  return t;
}

/** The strokes with times that never run back, guessed where they are unknown, without long pauses. */
export function timed(strokes) {
  let [now, before] = [0, null];
  return strokes.map((stroke) => {
    const t = stroke.t ?? guessed(stroke);
    const known = stroke.t && (before === null || t[0] >= before);
    const pause = before === null ? 0 : known ? Math.min(t[0] - before, LONGEST_PAUSE) : USUAL_PAUSE;
    before = stroke.t ? last(t) : before;
    const start = now + pause;
    let so = 0;
    const own = t.map((at) => start + (so = Math.max(so, at - t[0])));
    now = last(own);
    return { ...stroke, t: own };
  });
}

/** What was drawn after so many milliseconds; the strokes have times. */
export function until(strokes, time) {
  const begun = strokes.filter(({ t }) => t[0] <= time);
  return begun.map((stroke) => {
    const count = stroke.t.findIndex((at) => at > time);
    if (count < 0) return stroke;
    return Object.fromEntries(Object.entries(stroke).map(([key, values]) => [key, values.slice(0, count)]));
  });
}
