// Break it: ways to make the search fail, each with what to watch for, and what came of it.

import { make, words } from "../../results/words.js";
import { ask } from "../../shared/ask.js";
import { now } from "../../shared/question.js";
import { say } from "../../shared/say.js";
import { listen, tell } from "../../shared/signals.js";
import { HARM } from "./harm.js";
import { LACKING } from "./lacking.js";
import { letters, written } from "./letters.js";
import { HARMS } from "./tries.js";

const SHOWN = 3; // categories named of an answer

/** Fill the Class tab's third part. */
export function mountLimits(part) {
  part.append(make("p", "", say("Predict, then press. Every change is one step of undo on the sheet.")));
  const harms = part.appendChild(make("div", "tries"));
  const watch = part.appendChild(make("div", "watch"));
  watch.setAttribute("role", "status");
  const told = watch.appendChild(make("p", ""));
  const outcome = watch.appendChild(make("p", "outcome"));
  let before = null; // what the photos showed before the last change

  function attempt(title, sentence, strokes) {
    before = { shown: seen(now.answer), seq: now.sheet?.seq ?? 0, was: !now.empty };
    told.replaceChildren(make("b", "", title), ` ${sentence}`);
    outcome.textContent = "";
    tell("draw", { strokes });
  }

  function harm({ name, title, watch: sentence }) {
    const strokes = now.sheet?.strokes ?? [];
    if (strokes.length) return attempt(say(title), say(sentence), HARM[name](strokes));
    told.textContent = say("Draw something with the pen first.");
    outcome.textContent = "";
  }

  for (const one of HARMS) harms.append(button(say(one.title), () => harm(one)));
  part.append(word(attempt), lacking(attempt));

  listen("attempt", (wanted) => harm(HARMS.find(({ name }) => name === wanted.name))); // from a lesson
  listen("answered", (answer) => {
    if (!before || answer.seq <= before.seq) return;
    const after = seen(answer);
    outcome.textContent = before.was && before.shown ? say("First before: {before}. First now: {after}.", { before: before.shown, after }) : say("First now: {after}.", { after });
  });
  listen("drawing", ({ empty }) => {
    if (empty) outcome.textContent = "";
  });
  return { update() {} };
}

/** A word that is written on the sheet. */
function word(attempt) {
  const form = make("form", "word-try");
  const field = Object.assign(document.createElement("input"), { type: "text", maxLength: 10, placeholder: "CHAIR" });
  const label = make("label", "", say("A word instead of a drawing"));
  label.append(field);
  form.append(label, Object.assign(make("button", "act", say("Write it")), { type: "submit" }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value.trim() || field.placeholder;
    const there = letters(text).join("");
    if (!there) return field.setCustomValidity(say("Only letters from A to Z can be written."));
    attempt(there, say("It does not read: letters are shapes like any other. DOG finds glasses, round holes side by side."), written(text));
  });
  field.addEventListener("input", () => field.setCustomValidity(""));
  return form;
}

/** Things that the gallery lacks. */
function lacking(attempt) {
  const row = make("div", "lacking");
  row.append(make("p", "", say("A thing that the everyday gallery lacks")));
  for (const { name, strokes } of LACKING) {
    row.append(button(words(name), async () => attempt(words(name), await verdict(name), strokes)));
  }
  return row;
}

/** What to watch for, as long as the gallery really has none. */
async function verdict(name) {
  const { categories } = await ask("categories").catch(() => ({ categories: [] }));
  if (categories.some((category) => category.name === name)) return say("This gallery does have it. Is it found?");
  return say("There is no such photo here, and still the page shows the nearest ones, at best with a doubt. Nearest does not mean right.");
}

/** The first few categories of an answer, in words. */
function seen(answer) {
  const categories = [...new Set((answer?.photos ?? []).map(({ category }) => words(category)))];
  return categories.slice(0, SHOWN).join(", ");
}

function button(text, press) {
  const made = Object.assign(make("button", "act", text), { type: "button" });
  made.addEventListener("click", press);
  return made;
}
