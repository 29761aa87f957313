// Which strokes matter for the photo: each drawn as dark and as wide as it is worth.

import { now } from "../shared/question.js";
import { decimals, say } from "../shared/say.js";
import { svg } from "../shared/svg.js";
import { make, words } from "../results/words.js";
import { asking } from "./asking.js";
import { harms, worth } from "./finding.js";
import { frame, path } from "./sketch.js";

const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

export function mount(panel) {
  const { stage, ask, refuse } = asking(panel, "strokes", show);
  const sheet = svg("svg", { class: "weighed", role: "listbox", "aria-label": say("Your drawing, stroke by stroke") });
  const print = make("img", "");
  const finding = make("p", "finding");
  const pair = make("div", "pair");
  for (const picture of [sheet, print]) pair.appendChild(make("div", "square")).append(picture);
  stage.append(pair, finding, key());
  let answer = null; // {score, strokes}
  let lines = []; // the stroke's elements, in the order of drawing

  function show(found, photo, drawn) {
    answer = found;
    print.src = `${photo.url}?side=1600`;
    print.alt = photo.title || words(photo.category);
    lines = answer.strokes.map((stroke, i) => line(drawn[i], stroke, answer.score));
    lines.forEach((each, i) => each.setAttribute("aria-label", named(i)));
    lines[0].setAttribute("tabindex", 0);
    sheet.setAttribute("viewBox", frame(drawn));
    sheet.replaceChildren(...lines);
    rest();
  }

  /** Say what a stroke is worth, and show which others were left out with it. */
  function choose(chosen) {
    lines.forEach((each, i) => {
      each.classList.toggle("chosen", isTogether(i, chosen));
      each.setAttribute("aria-selected", i === chosen);
      each.setAttribute("tabindex", i === chosen ? 0 : -1);
    });
    finding.textContent = told(chosen);
  }

  const isTogether = (i, other) => answer.strokes[i].group === answer.strokes[other].group;

  function told(i) {
    const together = lines.filter((_, other) => isTogether(i, other)).length;
    return worth(answer.score, answer.strokes[i].drop, together);
  }

  function named(i) {
    const values = { number: i + 1, count: lines.length, worth: told(i) };
    return say("Stroke {number} of {count}. {worth}", values);
  }

  function rest() {
    for (const each of lines) each.classList.remove("chosen");
    const values = { full: decimals(answer.score) };
    finding.textContent = say("All strokes together score {full}. Point at one to see what it is worth.", values);
  }

  sheet.addEventListener("pointerover", ({ target }) => {
    const i = lines.indexOf(target.closest("g"));
    if (i >= 0) choose(i);
  });
  sheet.addEventListener("pointerleave", () => sheet.contains(document.activeElement) || rest());
  sheet.addEventListener("focusin", ({ target }) => choose(lines.indexOf(target)));
  sheet.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    lines[lines.indexOf(event.target) + step]?.focus();
  });

  return {
    update(photo) {
      const picture = now.sheet?.picture && say("A picture has no strokes to weigh. Draw with the pen instead.");
      if (picture) refuse(picture);
      else ask(photo);
    },
  };
}

/** A stroke, and around it what makes it easy to point at. */
function line(stroke, { weight, drop }, score) {
  const d = path(stroke);
  const paths = ["reach", "halo", "ink"].map((name) => svg("path", { class: name, d }));
  const group = svg("g", { role: "option", tabindex: -1, "aria-selected": false }, ...paths);
  group.classList.toggle("harms", harms(score, drop));
  group.style.setProperty("--weight", weight);
  return group;
}

/** What width, ink and dashes mean. */
function key() {
  const list = make("ul", "key");
  for (const [name, sentence] of [
    ["much", say("wide and strong: matters for this photo")],
    ["little", say("thin and faint: hardly matters")],
    ["harms", say("dashed: speaks against it")],
  ]) {
    const ink = svg("g", {}, svg("path", { class: "ink", d: "M5 6H29" }));
    const sample = svg("svg", { class: `weighed ${name}`, viewBox: "0 0 34 12", "aria-hidden": true }, ink);
    const item = list.appendChild(make("li", ""));
    item.append(sample, sentence);
  }
  return list;
}
