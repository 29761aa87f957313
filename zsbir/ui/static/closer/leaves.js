// What unfolds when a photo is large: leaves, of which one is open and stays open from photo to photo.
//
// A leaf is a module with `mount(panel)`, loaded when it is first opened. What that returns has `update(photo)`, which
// is called when the open leaf has to show another photo, another drawing or what another method makes of them.

import { now } from "../shared/question.js";
import { listen } from "../shared/signals.js";
import { attachTabs } from "../shared/tabs.js";
import { make } from "../results/words.js";

const LEAVES = [
  { name: "photo", title: "Photo" },
  { name: "strokes", title: "Strokes", load: () => import("./strokes.js") },
  { name: "matches", title: "Matches", load: () => import("./matches.js") },
  { name: "rank", title: "Rank", load: () => import("./rank.js") },
];

/** Give a dialog its leaves: the first is there already. The result shows them for a photo. */
export function attachLeaves(viewer) {
  const place = viewer.querySelector(".leaves");
  const panels = { photo: place.querySelector(".leaf-photo") };
  for (const { name } of LEAVES.slice(1)) panels[name] = place.appendChild(make("section", `leaf leaf-${name}`));
  const mark = attachTabs(viewer.querySelector(".lid [role=tablist]"), "zs-leaf", LEAVES, panels, choose);
  const mounted = {}; // name -> what a leaf's mount returned
  const shown = {}; // name -> what it was last asked to show
  let chosen = "photo";
  let photo = null;

  async function choose(name) {
    chosen = name;
    mark(name);
    const { load } = LEAVES.find((leaf) => leaf.name === name);
    if (load) mounted[name] ??= (await load()).mount(panels[name]);
    update();
  }

  function update() {
    if (!viewer.open || !mounted[chosen]) return;
    const wanted = JSON.stringify([photo.url, now.sheet?.seq, now.settings]);
    if (shown[chosen] === wanted) return;
    shown[chosen] = wanted;
    mounted[chosen].update(photo);
  }

  for (const news of ["drawing", "settings"]) listen(news, update);
  listen("leaf", ({ name }) => choose(name)); // a lesson opens one
  viewer.addEventListener("close", () => {
    for (const name of Object.keys(shown)) delete shown[name]; // whoever comes back asks again
  });
  choose(chosen);
  return (next) => {
    photo = next;
    update();
  };
}
