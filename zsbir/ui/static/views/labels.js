// Names on the map: which categories are named, and where, so that no name lies on another.

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

/**
 * Of named boxes, in order of importance, those that fit without touching one kept before.
 *
 * A box is {x, y, width, height} with its middle at x, y; `tries` are shifts (in its own heights) to try.
 */
export function placed(boxes, tries = [0, -1.2, 1.2, -2.4, 2.4]) {
  const kept = [];
  for (const box of boxes) {
    const moved = tries.map((shift) => ({ ...box, y: box.y + shift * box.height }));
    const free = moved.find((one) => !kept.some((other) => touch(one, other)));
    if (free) kept.push(free);
  }
  return kept;
}

const touch = (one, other) =>
  Math.abs(one.x - other.x) < (one.width + other.width) / 2 && Math.abs(one.y - other.y) < (one.height + other.height) / 2;
