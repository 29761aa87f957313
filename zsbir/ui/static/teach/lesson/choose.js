// Where a lesson begins: three lengths, and what each holds.

import { make } from "../../results/words.js";
import { say } from "../../shared/say.js";
import { tell } from "../../shared/signals.js";
import { LENGTHS, stepsOf } from "./steps.js";

/** Fill the Class tab's first part. */
export function mountLessons(part) {
  part.append(make("p", "", say("Each step sets up the page, asks the class a question, and keeps its answer covered.")));
  const list = part.appendChild(make("ul", "lessons"));
  for (const minutes of LENGTHS) list.append(card(minutes));
  return { update() {} };
}

function card(minutes) {
  const item = make("li", "");
  const steps = stepsOf(minutes);
  const start = Object.assign(make("button", "act main", say("{minutes} minutes", { minutes })), { type: "button" });
  start.addEventListener("click", () => tell("lesson", { minutes, step: 0 }));
  const titles = make("ol", "");
  titles.append(...steps.map(({ title, from }) => make("li", from === minutes ? "new" : "", say(title))));
  item.append(start, titles);
  return item;
}
