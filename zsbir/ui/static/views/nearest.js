// The photos that a drawing finds, as a list: what the map shows, in words.

import { say } from "../shared/say.js";
import { tell } from "../shared/signals.js";
import { make, words } from "../results/words.js";

/** Put the list into `panel`; `point(id)` points at a photo on the map. */
export function attachNearest(panel, { point }) {
  const heading = panel.appendChild(make("h2", "", say("What the drawing finds")));
  const list = panel.appendChild(make("ol", "lane-photos map-nearest"));
  let tiles = new Map(); // photo id -> its list item

  function show(photos) {
    heading.hidden = list.hidden = !photos.length;
    tiles = new Map(photos.map((photo) => [photo.id, tiles.get(photo.id) ?? tile(photo)]));
    photos.forEach((photo, index) => {
      const item = tiles.get(photo.id);
      Object.assign(item, { photos, index });
      const values = { rank: photo.rank, category: words(photo.category) };
      item.firstChild.setAttribute("aria-label", say("{rank}. {category}", values));
    });
    list.replaceChildren(...tiles.values());
  }

  function tile(photo) {
    const item = make("li", "");
    const button = Object.assign(make("button", ""), { type: "button", title: photo.title || words(photo.category) });
    const image = Object.assign(make("img", ""), { alt: "", src: `${photo.url}?side=384` });
    image.addEventListener("error", () => item.classList.add("missing"));
    button.append(image, make("span", "lane-category", words(photo.category)));
    button.addEventListener("click", () => tell("open", { photos: item.photos, index: item.index }));
    for (const event of ["pointerenter", "focus"]) button.addEventListener(event, () => point(photo.id));
    for (const event of ["pointerleave", "blur"]) button.addEventListener(event, () => point(null));
    item.append(button);
    return item;
  }

  show([]);
  return { show };
}
