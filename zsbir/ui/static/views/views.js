// Other views of the same drawing beside the photos: tabs, of which one is open.
//
// A view is a module with `mount(panel)`, loaded when it is first opened. What that returns has `update()`, which is
// called whenever the view is open and the drawing's answer, the settings or the drawing itself have changed.

import { listen } from "../shared/signals.js";
import { attachTabs } from "../shared/tabs.js";
import { make } from "../results/words.js";

const VIEWS = [
  { name: "photos", title: "Photos" },
  { name: "compare", title: "Compare", load: () => import("./compare.js") },
  { name: "map", title: "Map", load: () => import("./map.js") },
  { name: "categories", title: "Categories", load: () => import("./categories.js") },
  { name: "class", title: "Class", load: () => import("../teach/class.js") },
];

/** Fill `tabs` with a tab for each view; `photos` is the panel that is there already. */
export function attachViews(root, tabs, photos) {
  const panels = { photos };
  const open = {}; // name -> what a view's mount returned
  let chosen = "photos";

  for (const { name } of VIEWS) panels[name] ??= root.appendChild(make("section", `view view-${name}`));
  const mark = attachTabs(tabs, "zs-tab", VIEWS, panels, choose);

  async function choose(name) {
    chosen = name;
    mark(name);
    const view = VIEWS.find((one) => one.name === name);
    if (view.load) open[name] ??= (await view.load()).mount(panels[name]);
    update();
  }

  function update() {
    open[chosen]?.update();
  }

  for (const news of ["answered", "settings", "drawing"]) listen(news, update);
  listen("view", ({ name }) => choose(name)); // a lesson, or a link on the page, opens one
  choose(chosen);
}
