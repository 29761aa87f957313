// What a score says, in words.

import { decimals, say } from "../shared/say.js";

/** What a photo's score loses or wins without a stroke, or without some that were left out together. */
export function worth(score, drop, together) {
  const [full, without] = [decimals(score), decimals(score - drop)];
  const values = { full, without, count: together };
  if (full === without) {
    if (together > 1) return say("Without these {count} strokes the score stays at {full}.", values);
    return say("Without this stroke the score stays at {full}.", values);
  }
  if (drop > 0) {
    if (together > 1) return say("Without these {count} strokes the score falls from {full} to {without}.", values);
    return say("Without this stroke the score falls from {full} to {without}.", values);
  }
  if (together > 1) {
    return say("Without these {count} strokes the score rises from {full} to {without}: they are against it.", values);
  }
  return say("Without this stroke the score rises from {full} to {without}: it is against the photo.", values);
}

/** Whether a stroke harms by as much as can be read in `worth`. */
export const harms = (score, drop) => drop < 0 && decimals(score) !== decimals(score - drop);
