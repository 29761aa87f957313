// One photo large, with its title, credit and licence, and what else there is to know about it.

import { attachLeaves } from "../closer/leaves.js";
import { say } from "../shared/say.js";
import { tell } from "../shared/signals.js";
import { make, numbers, words } from "./words.js";

/** The result opens photo number `index` of some photos, even when a newer answer arrives meanwhile. */
export function attachViewer(viewer) {
  const plate = viewer.querySelector(".plate img");
  const leaf = attachLeaves(viewer);
  let open = [];
  let at = 0;

  function view(index) {
    at = (index + open.length) % open.length;
    const photo = open[at];
    const name = photo.title || words(photo.category);
    viewer.querySelector(".gone").hidden = true;
    plate.hidden = false;
    plate.alt = name;
    plate.src = `${photo.url}?side=1600`;
    viewer.querySelector("h3").textContent = name;
    viewer.querySelector(".numbers").textContent = [words(photo.category), numbers(photo)].filter(Boolean).join(", ");
    viewer.querySelector(".credit").replaceChildren(...credit(photo));
    leaf(photo);
  }

  plate.addEventListener("error", () => {
    plate.hidden = true;
    viewer.querySelector(".gone").hidden = false;
  });
  viewer.addEventListener("click", (event) => {
    if (event.target === viewer) viewer.close(); // the dimmed page around the photo
    const step = event.target.closest("[data-step]")?.dataset.step;
    if (step) view(at + Number(step));
  });
  viewer.querySelector(".more").addEventListener("click", () => {
    viewer.close();
    tell("like", open[at]);
  });
  viewer.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const isTaken = event.defaultPrevented || event.target.matches("input"); // by a leaf, for its own parts
    if (step && !isTaken) view(at + step);
  });

  return (photos, index) => {
    open = photos;
    viewer.showModal();
    view(index);
  };
}

function credit({ credit, licence, source }) {
  const about = [credit && say("Picture: {credit}", { credit }), licence && say("Licence: {licence}", { licence })].filter(Boolean).join(". ");
  return [about, ...sourceLink(source)];
}

/** Where a picture comes from; its web address becomes a link, anything else stays text. */
function sourceLink(source) {
  if (!source) return [];
  const [href] = source.match(/https?:\/\/[^\s<>"]+/) ?? [];
  if (!href) return [`. ${say("Source:")} ${source}`];
  const text = source.replace(href, "").replace("<>", "").trim();
  const link = Object.assign(make("a", "", text || say("Source")), { href, target: "_blank", rel: "noopener noreferrer" });
  return [text ? `. ${say("Source:")} ` : ". ", link];
}
