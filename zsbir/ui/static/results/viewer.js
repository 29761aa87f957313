// One photo large, with its title, credit and licence, and what else there is to know about it.

import { attachLeaves } from "../closer/leaves.js";
import { now } from "../shared/question.js";
import { say } from "../shared/say.js";
import { listen, tell } from "../shared/signals.js";
import { make, numbers, words } from "./words.js";

/** The result opens photo number `index` of some photos, even when a newer answer arrives meanwhile. */
export function attachViewer(viewer) {
  const plate = viewer.querySelector(".plate img");
  const leaf = attachLeaves(viewer);
  let open = [];
  let at = 0;
  let ofAnswer = false; // whether the photos are those of the page's answer
  let drawing = 0; // number of the drawing for which they were found

  function view(index) {
    at = (index + open.length) % open.length;
    const photo = open[at];
    const name = photo.title || words(photo.category);
    viewer.querySelector(".gone").hidden = true;
    plate.hidden = false;
    plate.alt = name;
    plate.src = `${photo.url}?side=1600`;
    viewer.querySelector("h3").textContent = name;
    number();
    viewer.querySelector(".credit").replaceChildren(...credit(photo));
    leaf(photo);
  }

  /** Say how the photo stands for the drawing as it is now, or nothing where that is not known yet. */
  function number() {
    const photo = open[at];
    const known = ofAnswer ? answered(photo) : drawing === now.sheet?.seq && photo;
    viewer.querySelector(".numbers").textContent = [words(photo.category), numbers(known || {})].filter(Boolean).join(", ");
  }
  for (const news of ["drawing", "answered"]) listen(news, () => viewer.open && number());

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
    ofAnswer = photos === now.answer?.photos;
    drawing = now.sheet?.seq;
    viewer.showModal();
    view(index);
  };
}

/** A photo as the newest answer has it, if that is one to the drawing as it is now. */
function answered({ id }) {
  const { answer, sheet } = now;
  return answer.seq === (sheet?.seq ?? answer.seq) && answer.photos.find((photo) => photo.id === id);
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
