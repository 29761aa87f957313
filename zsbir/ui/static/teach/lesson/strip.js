// The lesson's strip: stays above whatever view is open, and leads from step to step.

import { make } from "../../results/words.js";
import { now } from "../../shared/question.js";
import { say } from "../../shared/say.js";
import { isTyping, listen, tell } from "../../shared/signals.js";
import { room } from "../room.js";
import { perform } from "./actions.js";
import { stepsOf } from "./steps.js";

const KEYS = { PageDown: 1, PageUp: -1 }; // what presenters' remote controls send

/** Put the strip above the tabs of `root`; the signal "lesson" {minutes, step, ...} starts or moves it, {} ends it. */
export function attachStrip(root) {
  const strip = make("section", "lesson");
  strip.setAttribute("aria-label", say("Lesson"));
  strip.hidden = true;
  root.prepend(strip);
  let folded = window.matchMedia("(max-width: 719px)").matches;

  function go(step) {
    const steps = stepsOf(room.lesson.minutes);
    if (step < 0) return;
    if (step >= steps.length) return end();
    tell("lesson", { ...room.lesson, step });
    strip.querySelector(".lesson-title").focus({ preventScroll: true }); // what a screen reader reads next
  }

  function end() {
    tell("lesson", {});
    tell("view", { name: "photos" });
  }

  function fold() {
    folded = !folded;
    strip.toggleAttribute("data-folded", folded);
    strip.querySelector(".fold").setAttribute("aria-expanded", !folded);
  }

  function show({ minutes, step }) {
    const steps = stepsOf(minutes);
    const folder = button("quiet fold", say("Text"), fold);
    folder.title = say("Show or hide the text of this step");
    folder.setAttribute("aria-expanded", !folded);
    const ways = [folder, button("quiet", say("End"), end)];
    strip.replaceChildren(track(steps, step), head(steps, step, ways), body(steps[step]), foot(steps, step, go));
    strip.toggleAttribute("data-folded", folded);
  }

  listen("lesson", ({ minutes, step, method, isHandedOver }) => {
    // The page's own method is the one that was chosen when the lesson began: steps come back to it.
    room.lesson = minutes ? { minutes, step, method: method ?? now.settings.method ?? null } : null;
    strip.hidden = !minutes;
    if (!minutes) return strip.replaceChildren();
    show(room.lesson);
    const { begin } = stepsOf(minutes)[step];
    perform(isHandedOver ? begin.filter((action) => !action.draw) : begin); // the next pupil has a clean sheet
  });
  document.addEventListener("keydown", (event) => {
    const step = KEYS[event.key];
    if (!step || !room.lesson || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    go(room.lesson.step + step);
  });
}

function track(steps, step) {
  const line = Object.assign(make("progress", ""), { max: steps.length, value: step + 1 });
  line.setAttribute("aria-label", say("How far the lesson is"));
  return line;
}

function head(steps, step, ways) {
  const part = make("div", "lesson-head");
  const { title, minutes } = steps[step];
  const counted = say("Step {step} of {steps}, about {minutes} min", { step: step + 1, steps: steps.length, minutes });
  const heading = make("p", "lesson-title", say(title));
  heading.setAttribute("role", "heading");
  heading.setAttribute("aria-level", "2");
  heading.tabIndex = -1;
  const place = make("div", "");
  place.append(make("p", "lesson-place", counted), heading);
  part.append(place, ...ways);
  return part;
}

function body(step) {
  const part = make("div", "lesson-body");
  part.append(make("p", "lesson-say", say(step.say)), make("p", "lesson-ask", say(step.ask)));
  if (!step.reveal) return part;
  const reveal = part.appendChild(make("details", "unfold"));
  reveal.append(make("summary", "", say("Show the answer")), make("p", "", say(step.reveal)));
  return part;
}

function foot(steps, step, go) {
  const part = make("div", "lesson-foot");
  const deeds = steps[step].deeds.map(({ label, actions }) => button("act", say(label), () => perform(actions)));
  const back = button("act", say("Back"), () => go(step - 1));
  back.disabled = step === 0;
  back.title = say("Back (Page Up)");
  const isLast = step === steps.length - 1;
  const next = button("act main", isLast ? say("Finish") : say("Next"), () => go(step + 1));
  next.title = say("Next (Page Down)");
  const moves = make("span", "lesson-moves");
  moves.append(back, next);
  part.append(...deeds, moves);
  return part;
}

function button(className, text, press) {
  const made = Object.assign(make("button", className, text), { type: "button" });
  made.addEventListener("click", press);
  return made;
}
