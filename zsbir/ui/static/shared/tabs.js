// Tabs, of which one is chosen: by a click, or by the arrow keys.

import { make } from "../results/words.js";
import { say } from "./say.js";

/**
 * Fill `list` with a tab for each `{name, title}` and join it to the panel of that name.
 *
 * The result marks a tab as chosen and shows its panel; `choose(name)` is called when a visitor wants that.
 */
export function attachTabs(list, prefix, entries, panels, choose) {
  const tabs = entries.map(({ name, title }) => {
    const tab = Object.assign(make("button", "", say(title)), { type: "button", id: `${prefix}-${name}` });
    tab.setAttribute("role", "tab");
    tab.addEventListener("click", () => choose(name));
    panels[name].setAttribute("role", "tabpanel");
    panels[name].setAttribute("aria-labelledby", tab.id);
    return tab;
  });
  list.replaceChildren(...tabs);

  list.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = tabs[(tabs.indexOf(event.target) + step + tabs.length) % tabs.length];
    next.focus();
    next.click();
  });

  return (chosen) =>
    entries.forEach(({ name }, i) => {
      tabs[i].setAttribute("aria-selected", name === chosen);
      tabs[i].tabIndex = name === chosen ? 0 : -1;
      panels[name].hidden = name !== chosen;
    });
}
