// The choice of what is compared, where a method has more than one kind of parts.

import { say } from "../shared/say.js";
import { make } from "../results/words.js";

const TITLES = { patches: "Patches", middle: "Patches midway", cells: "Layout", windows: "Windows" };

/** `choose(name)` is called with the kind that a visitor wants; `offer` shows what there is. */
export function kindPicker(choose) {
  const element = Object.assign(make("fieldset", "kinds"), { hidden: true });
  const legend = make("legend", "", say("What is compared"));
  let offered = "";

  element.addEventListener("change", ({ target }) => choose(target.value));

  function offer(kinds, chosen) {
    const names = kinds.map(({ name }) => name).join();
    if (names !== offered) element.replaceChildren(legend, ...kinds.map(option));
    offered = names;
    element.hidden = kinds.length < 2;
    element.querySelector(`[value=${chosen}]`).checked = true;
  }

  return { element, offer };
}

function option({ name, text }) {
  const label = Object.assign(make("label", ""), { title: say(text) });
  const radio = Object.assign(document.createElement("input"), { type: "radio", name: "zs-kind", value: name });
  label.append(radio, make("span", "", say(TITLES[name])));
  return label;
}
