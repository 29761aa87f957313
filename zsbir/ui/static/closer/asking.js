// What a leaf shows while its answer is worked out, and when there is none.

import { ask, newest } from "../shared/ask.js";
import { now } from "../shared/question.js";
import { say } from "../shared/say.js";
import { attachWordless } from "../results/wordless.js";
import { make } from "../results/words.js";

const PATIENCE = 300; // milliseconds before the leaf says that it is working

/**
 * Give a leaf a stage for its answers, and a line for whatever keeps them away.
 *
 * `show(answer, photo, strokes)` fills the stage. The result has the `stage`, `ask(photo, more)`, of which the newest
 * wins, and `refuse(sentence)`, which says instead why there is nothing to ask.
 */
export function asking(panel, what, show) {
  const line = panel.appendChild(Object.assign(make("p", "line"), { hidden: true }));
  line.setAttribute("role", "status");
  const stage = panel.appendChild(Object.assign(make("div", "stage"), { hidden: true }));
  const tellWordless = attachWordless(panel);
  let timer = null;

  function settle(sentence) {
    clearTimeout(timer);
    stage.removeAttribute("aria-busy");
    stage.hidden = Boolean(sentence);
    line.hidden = !sentence;
    line.textContent = sentence;
    tellWordless();
  }

  const find = newest(
    async (answering, ...about) => [await answering(), ...about],
    (found) => {
      settle("");
      show(...found);
    },
    settle,
  );

  return {
    stage,
    ask(photo, more = {}) {
      clearTimeout(timer);
      stage.setAttribute("aria-busy", "true");
      timer = setTimeout(() => {
        line.hidden = false;
        line.textContent = say("Working it out…");
      }, PATIENCE);
      find(() => ask(what, { photo: photo.id, more }), photo, now.sheet?.strokes ?? []);
    },
    refuse: (sentence) => find(() => Promise.reject(new Error(sentence))),
  };
}
