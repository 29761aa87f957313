// Drawings that draw themselves on the sheet when they are chosen.

import { doodle } from "../shared/doodle.js";
import { say } from "../shared/say.js";
import { tell } from "../shared/signals.js";
import { make, words } from "./words.js";

export function attachExamples(list, examples) {
  list.replaceChildren(
    ...examples.map(({ name, strokes }) => {
      const thing = { name: words(name) };
      const button = Object.assign(make("button", ""), { type: "button", title: say("Draw: {name}", thing) });
      button.setAttribute("aria-label", say("Example drawing: {name}", thing));
      button.append(doodle(strokes));
      button.addEventListener("click", ({ detail }) => {
        if (detail === 0) followToSheet();
        tell("draw", { strokes });
      });
      const item = make("li", "");
      item.append(button);
      return item;
    }),
  );
}

/** The examples give way to photos, and the focus would vanish with the one that a key pressed. */
const followToSheet = () => document.querySelector("#zs-pad canvas").focus({ preventScroll: true });
