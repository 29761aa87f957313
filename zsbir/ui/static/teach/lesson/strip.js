// The lesson's strip: stays in sight whatever view is open, and leads from step to step. While a photo is open large,
// which bars the rest of the page, the strip goes along into its dialog.

import { make } from "../../results/words.js";
import { now } from "../../shared/question.js";
import { say } from "../../shared/say.js";
import { isField, listen, tell } from "../../shared/signals.js";
import { room } from "../room.js";
import { perform } from "./actions.js";
import { stepsOf } from "./steps.js";

const KEYS = { PageDown: 1, PageUp: -1 }; // what presenters' remote controls send
const SMALL = "(max-width: 719px), (max-height: 560px)"; // screens on which the text would cover too much

/** Put the strip above the tabs of `root`; the signal "lesson" {minutes, step, ...} starts or moves it, {} ends it. */
export function attachStrip(root) {
  const strip = make("section", "lesson");
  strip.setAttribute("aria-label", say("Lesson"));
  strip.hidden = true;
  root.prepend(strip);
  const viewer = root.querySelector("dialog");
  let folded = window.matchMedia(SMALL).matches;

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
    mark();
  }

  function mark() {
    strip.toggleAttribute("data-folded", folded);
    const folder = strip.querySelector(".fold");
    folder.setAttribute("aria-expanded", !folded);
    folder.querySelector("span").textContent = folder.title = folded ? say("Show text") : say("Hide text");
  }

  /** Into the dialog that opened, or back to where it stands. */
  function follow() {
    if (strip.parentElement === (viewer.open ? viewer : root)) return;
    const hadFocus = strip.contains(document.activeElement) || document.activeElement === document.body;
    if (viewer.open) viewer.append(strip);
    else root.prepend(strip);
    if (!viewer.open && hadFocus) strip.querySelector(".lesson-title")?.focus({ preventScroll: true });
  }

  function show({ minutes, step }) {
    const steps = stepsOf(minutes);
    const folder = button("quiet fold", "", fold);
    folder.append(make("span", ""));
    const ways = [folder, button("quiet", say("End the lesson"), end)];
    strip.replaceChildren(track(steps, step), head(steps, step, ways), body(steps[step]), foot(steps, step, go));
    mark();
  }

  listen("lesson", ({ minutes, step, method, isHandedOver }) => {
    // The page's own method is the one that was chosen when the lesson began: steps come back to it.
    room.lesson = minutes ? { minutes, step, method: method ?? now.settings.method ?? null } : null;
    viewer.close(); // what was open large belonged to the step before
    follow(); // at once: nothing in a closed dialog takes the focus
    strip.hidden = !minutes;
    if (!minutes) return strip.replaceChildren();
    show(room.lesson);
    const { begin } = stepsOf(minutes)[step];
    perform(isHandedOver ? begin.filter((action) => !action.draw) : begin); // the next pupil has a clean sheet
  });
  new MutationObserver(follow).observe(viewer, { attributeFilter: ["open"] });
  document.addEventListener("keydown", (event) => {
    const step = KEYS[event.key];
    const isElsewhere = isField(event.target) || document.querySelector("dialog[open]:not(:has(.lesson))");
    if (!step || !room.lesson || isElsewhere) return;
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
