// What to compare with: one more method and mode, all of them, or few again.

import { say } from "../shared/say.js";
import { make } from "../results/words.js";
import { modeName } from "./lane.js";
import { all, beside, isSame, MOST } from "./lanes.js";

/** Put the controls into `panel`; they call `add(way)`, `everything()` and `few()`. */
export function attachChooser(panel, { add, everything, few }) {
  const part = panel.appendChild(make("div", "chooser"));
  const label = part.appendChild(make("label", "", say("Compare with")));
  const select = label.appendChild(make("select", ""));
  const adder = part.appendChild(button(say("Add"), () => add(JSON.parse(select.value))));
  const every = part.appendChild(button(say("All methods, both modes"), () => (every.dataset.few ? few() : everything())));
  let offered = "";

  /** Offer the ways that are not shown yet. */
  function show(ways, settings, others) {
    const shown = [settings, ...beside(settings, others)];
    const open = ways.filter((way) => !way.note && !shown.some((one) => isSame(one, way)));
    const key = JSON.stringify(open);
    if (key !== offered) offer(open);
    offered = key;
    adder.disabled = select.disabled = !open.length || shown.length >= MOST;
    label.hidden = adder.hidden = !open.length;
    const isAll = all(ways).every((way) => shown.some((one) => isSame(one, way)));
    every.textContent = isAll ? say("Two lanes again") : say("All methods, both modes");
    every.dataset.few = isAll ? "yes" : "";
  }

  function offer(ways) {
    select.replaceChildren(
      ...ways.map(({ method, mode, name }) => {
        const text = say("{method}, {mode}", { method: name, mode: modeName(mode) });
        return Object.assign(make("option", "", text), { value: JSON.stringify({ method, mode }) });
      }),
    );
  }

  return { part, show };
}

function button(text, press) {
  const made = Object.assign(make("button", "", text), { type: "button" });
  made.addEventListener("click", press);
  return made;
}
