// Where a word steers the photos, but not what is shown: a line that says so.

import { now } from "../shared/question.js";
import { say } from "../shared/say.js";
import { make } from "./words.js";

/** Append the line to `panel`; the result shows it while a word is set. */
export function attachWordless(panel) {
  const line = panel.appendChild(Object.assign(make("p", "wordless"), { hidden: true }));
  return () => {
    const { word } = now.settings;
    line.hidden = !word;
    line.textContent = word ? say("Without the word “{word}”: this is about the drawing alone.", { word }) : "";
  };
}
