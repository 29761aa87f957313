// One turn of the game: how a drawing's way to a photo went. A plain value, like the match.

export const START = { rank: Infinity, best: Infinity, within: Infinity, strokes: 0, seconds: 0, way: [], sheet: null };

const DRAWN = 3; // strokes from which on a rank is more than a dot's luck

/** What a drawing of so many strokes reached; the best is kept with the drawing that reached it. */
export function reached(turn, { rank, within, strokes, seconds, sheet }) {
  const now = { ...turn, rank, way: [...turn.way, rank] };
  const isBetter = rank < turn.best || (rank === turn.best && strokes < turn.strokes);
  const wasLuck = turn.strokes < DRAWN;
  if (wasLuck === strokes < DRAWN ? !isBetter : !wasLuck) return now;
  return { ...now, best: rank, within, strokes, seconds, sheet };
}

/** Points of a line through the ranks so far in a box of `width` by `height`; rank 1 is its top, each tenfold a step. */
export function line(way, most, width, height) {
  const steps = Math.max(1, way.length - 1);
  const depth = Math.log10(Math.max(10, most));
  return way.map((rank, i) => [(i / steps) * width, (Math.log10(Math.max(1, rank)) / depth) * height]);
}
