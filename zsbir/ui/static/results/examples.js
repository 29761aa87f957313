// Drawings that draw themselves on the sheet when they are chosen.

import { tell } from "../shared/signals.js";
import { make, words } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";

export function attachExamples(list, examples) {
  list.replaceChildren(
    ...examples.map(({ name, strokes }) => {
      const button = Object.assign(make("button", ""), { type: "button", title: `Draw: ${words(name)}` });
      button.setAttribute("aria-label", `Example drawing: ${words(name)}`);
      button.append(doodle(strokes));
      button.addEventListener("click", () => tell("draw", { strokes }));
      const item = make("li", "");
      item.append(button);
      return item;
    }),
  );
}

function doodle(strokes) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 600 600");
  svg.setAttribute("aria-hidden", "true");
  for (const { x, y } of strokes) {
    const line = document.createElementNS(SVG, "polyline");
    line.setAttribute("points", x.map((value, i) => `${value},${y[i]}`).join(" "));
    svg.append(line);
  }
  return svg;
}
