// The way to Python for explanations: a question about the drawing, an answer or an Error with one sentence.

import { now } from "./question.js";
import { relay, say } from "./say.js";

let server = null;

/** Ask by these server functions from now on. */
export const provide = (functions) => (server = functions);

/**
 * Ask about the drawing under the settings of the page.
 *
 * `what` is one of zsbir.ui.explaining.answering.KINDS; `about` may hold {photo, more} and replaces any of
 * gallery, method, mode, category and sheet.
 */
export async function ask(what, about = {}) {
  const { mode, gallery, method, category } = now.settings; // explanations are of the drawing alone, without a word
  let answer;
  try {
    answer = await server.explain({ what, mode, gallery, method, category, sheet: now.sheet ?? {}, ...about });
  } catch {
    throw new Error(say("The server cannot be reached. Try again in a moment."));
  }
  if (answer.trouble) throw new Error(relay(answer.trouble));
  return answer;
}

/** Of several calls of an asynchronous function, only the newest one's result is handed to `use`. */
export function newest(call, use, complain) {
  let number = 0;
  return async (...given) => {
    const mine = ++number;
    try {
      const result = await call(...given);
      if (mine === number) use(result);
    } catch (error) {
      if (mine === number) complain(error.message);
    }
  };
}
