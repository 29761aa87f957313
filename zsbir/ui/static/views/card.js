// A small card at a dot of the map: the photo and its category.

import { make, words } from "../results/words.js";

const SIDE = 112; // pixels, as in map.css

/** Where a gallery's photo can be had, as zsbir.ui.results makes its address. */
export const photoUrl = (gallery, id) =>
  `photo/${encodeURIComponent(gallery)}/${id.split("/").map(encodeURIComponent).join("/")}`;

export function attachCard(figure) {
  const card = figure.appendChild(make("div", "map-card"));
  const image = card.appendChild(Object.assign(make("img", ""), { alt: "" }));
  const name = card.appendChild(make("span", ""));
  const aloud = figure.appendChild(make("p", "live"));
  aloud.setAttribute("aria-live", "polite");
  card.setAttribute("aria-hidden", "true");
  card.hidden = true;

  function show(gallery, id, category, [x, y], speak) {
    const source = `${photoUrl(gallery, id)}?side=384`;
    if (image.getAttribute("src") !== source) image.src = source;
    name.textContent = words(category);
    card.hidden = false;
    const left = Math.min(Math.max(x - SIDE / 2, 0), figure.clientWidth - SIDE);
    const isHigh = y < SIDE + 50;
    card.style.transform = `translate(${Math.round(left)}px, ${Math.round(y + (isHigh ? 16 : -16))}px)`;
    card.classList.toggle("under", isHigh);
    if (speak) aloud.textContent = words(category);
  }

  return { show, hide: () => (card.hidden = true) };
}
