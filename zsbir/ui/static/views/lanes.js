// Which lanes are compared, and what is said about a photo that moved between them.

import { language, say } from "../shared/say.js";
import { words } from "../results/words.js";

export const MOST = 12; // lanes at once, the first included

export const isSame = (one, other) => one.method === other.method && one.mode === other.mode;

/** The lanes that are asked for beside the first, which is what the page's `settings` choose. */
export const beside = (settings, others) => others.filter((way) => !isSame(way, settings));

/** Every way to search that has a checkpoint of its own. */
export const all = (ways) => ways.filter(({ note }) => !note).map(({ method, mode }) => ({ method, mode }));

/** Add a way once, as long as there is room. */
export const withWay = (others, way) =>
  others.length >= MOST - 1 || others.some((other) => isSame(other, way)) ? others : [...others, way];

/** A sign for how a photo moved: "↑3", "↓12", "new", or nothing where it stayed. */
export function sign(moved) {
  if (moved === null) return say("new");
  if (moved === 0) return "";
  return `${moved > 0 ? "↑" : "↓"}${Math.abs(moved).toLocaleString(language)}`;
}

/** The same in words, for a photo by its rank and category. */
export function told({ rank, category, moved }, isFirst) {
  const values = { rank, category: words(category), places: Math.abs(moved ?? 0) };
  if (isFirst) return say("{rank}. {category}", values);
  if (moved === null) return say("{rank}. {category}: the first lane did not search it", values);
  if (moved === 0) return say("{rank}. {category}: same place as in the first lane", values);
  if (moved > 0) return say("{rank}. {category}: places higher than in the first lane: {places}", values);
  return say("{rank}. {category}: places lower than in the first lane: {places}", values);
}
