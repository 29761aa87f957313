// Names on the map: which categories are named, and where, so that no name lies on another or on the drawing.

const SURE = 3; // names, of the most important, that may cover dots where nothing else is free
const GAPS = [9, 22]; // pixels between a name and the dot that it names: the second is past the ring, if that lies on it
const BESIDE = [[1, 0], [-1, 0], [0, -1], [0, 1], [1, -1], [-1, -1], [1, 1], [-1, 1]]; // right, left, above, below ...

/** For each category its middle: the mean of its points, given as columns with each point's category number. */
export function middles({ x, y, of, categories }) {
  const sums = categories.map(() => [0, 0, 0]);
  of.forEach((number, i) => {
    sums[number][0] += x[i];
    sums[number][1] += y[i];
    sums[number][2] += 1;
  });
  return sums.map(([sumX, sumY, count], number) => ({ number, count, place: [sumX / count, sumY / count] }));
}

/** Where a box {x, y, width, height} with its middle at a dot may go instead: all around the dot, best first. */
export const beside = (box) =>
  GAPS.flatMap((gap) =>
    BESIDE.map(([across, down]) => moved(box, across * (box.width / 2 + gap), down * (box.height / 2 + (across ? 2 : gap)))),
  );

const moved = (box, dx, dy) => ({ ...box, x: box.x + dx, y: box.y + dy });

/**
 * Of named boxes, in order of importance, those that have room: on a screen {width, height}, without touching one that
 * was kept before or one of the `blocked` discs {x, y, radius}.
 *
 * None covers one of the `soft` discs either, but for the first few, which rather do so than be lost. `tries(box)` lists
 * where a box may go; by default that is where it is.
 */
export function placed(boxes, screen, { blocked = [], soft = [], tries = (box) => [box] } = {}) {
  const kept = [];
  const hasRoom = (one) =>
    isInside(one, screen) && !kept.some((other) => touch(one, other)) && !blocked.some((disc) => covers(one, disc));
  boxes.forEach((box, i) => {
    const free = tries(box).filter(hasRoom);
    const found = free.find((one) => !soft.some((disc) => covers(one, disc))) ?? (i < SURE && free[0]);
    if (found) kept.push(found);
  });
  return kept;
}

const isInside = ({ x, y, width, height }, screen) =>
  x >= width / 2 && y >= height / 2 && x <= screen.width - width / 2 && y <= screen.height - height / 2;

const touch = (one, other) =>
  Math.abs(one.x - other.x) < (one.width + other.width) / 2 && Math.abs(one.y - other.y) < (one.height + other.height) / 2;

const covers = ({ x, y, width, height }, disc) =>
  Math.hypot(Math.max(0, Math.abs(disc.x - x) - width / 2), Math.max(0, Math.abs(disc.y - y) - height / 2)) < disc.radius;
