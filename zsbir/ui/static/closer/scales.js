// Where ranks and strokes stand on their axes.

const LOG_FROM = 40; // searched photos from which ranks are drawn by their magnitude

/** Ranks 1 to `worst` on [0, 1], the best at 0: as they are, or by their logarithm where there are many. */
export function rankScale(worst) {
  if (worst <= 1) return { at: () => 0, ticks: [1] };
  const scale = worst > LOG_FROM ? Math.log : (value) => value - 1;
  const at = (rank) => scale(rank) / scale(worst);
  const ticks = worst > LOG_FROM ? [...powers(worst).filter((rank) => at(rank) < 0.88), worst] : steps(worst, 4);
  return { at, ticks };
}

/** 1, 10, 100 ... below a number. */
function powers(most) {
  const found = [];
  for (let rank = 1; rank < most; rank *= 10) found.push(rank);
  return found;
}

/** 1, about `count` round numbers, and `most`; what stands so near to it that their names would touch is left out. */
export function steps(most, count) {
  const rough = most / count;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((factor) => factor * magnitude).find((size) => size >= rough));
  const found = [1];
  for (let value = step; value <= most - step / 2; value += step) if (value > 1) found.push(value);
  return most > 1 ? [...found, most] : found;
}
