// Rank while drawing: the photo's rank over strokes, and a slider that replays the drawing with what stood first.

import { now } from "../shared/question.js";
import { say } from "../shared/say.js";
import { svg } from "../shared/svg.js";
import { make, words } from "../results/words.js";
import { asking } from "./asking.js";
import { Chart } from "./chart.js";
import { First } from "./first.js";
import { attachPlay } from "./play.js";
import { frame, path } from "./sketch.js";

export function mount(panel) {
  const { stage, ask, refuse } = asking(panel, "replay", show);
  const sheet = svg("svg", { class: "sofar", role: "img", "aria-label": say("The drawing so far") });
  const chart = new Chart(go);
  const first = new First();
  const finding = make("p", "finding");
  const play = Object.assign(make("button", "play"), { type: "button" });
  const slider = Object.assign(make("input", ""), { type: "range", min: 0 });
  slider.setAttribute("aria-label", say("Moment of the drawing"));
  const square = make("div", "square");
  square.append(sheet);
  const controls = make("div", "controls");
  controls.append(play, slider);
  const way = make("div", "way");
  way.append(chart.element, controls, finding);
  const race = make("div", "race");
  race.append(square, way);
  stage.append(race, first.element);
  let answer = null;
  let large = null; // the photo whose rank it is

  function show(found, photo, drawn) {
    [answer, large] = [found, photo];
    sheet.setAttribute("viewBox", frame(drawn));
    sheet.replaceChildren(...drawn.map((stroke) => svg("path", { d: path(stroke) })));
    slider.max = found.moments.length - 1;
    chart.show(found.moments, found.searched);
    go(found.moments.length - 1);
  }

  /** Look at one moment. */
  function go(i) {
    const { strokes, rank, first: leading } = answer.moments[i];
    slider.value = i;
    finding.textContent = told(strokes, rank);
    slider.setAttribute("aria-valuetext", finding.textContent);
    chart.mark(i);
    [...sheet.children].forEach((line, number) => line.classList.toggle("coming", number >= strokes));
    first.show(leading.map((number) => answer.photos[number]), large.url);
  }

  function told(strokes, rank) {
    const values = { strokes, rank, all: sheet.children.length, searched: answer.searched };
    if (!answer.category) return say("After {strokes} of {all} strokes: rank {rank} of {searched}.", values);
    values.category = words(answer.category);
    return say("After {strokes} of {all} strokes: rank {rank} among the {searched} photos of {category}.", values);
  }

  slider.addEventListener("input", () => go(Number(slider.value)));
  const stop = attachPlay(play, slider, go);

  return {
    update(photo) {
      stop();
      const picture = now.sheet?.picture && say("A picture has no strokes to follow. Draw with the pen instead.");
      if (picture) refuse(picture);
      else ask(photo);
    },
  };
}
