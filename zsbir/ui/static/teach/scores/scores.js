// The class's numbers: what its drawings were meant to be, what came first, and the field's measures of that.

import { make, words } from "../../results/words.js";
import { ask, newest } from "../../shared/ask.js";
import { now } from "../../shared/question.js";
import { say } from "../../shared/say.js";
import { listen, tell } from "../../shared/signals.js";
import { room } from "../room.js";
import { definitions } from "./definitions.js";
import { csv, found, measured } from "./records.js";
import { table } from "./table.js";

/** Fill the Class tab's fourth part. */
export function mountScores(part) {
  let categories = new Map(); // name in words -> {name, photos}
  let known = "";
  const form = part.appendChild(make("form", "score-form"));
  const options = Object.assign(document.createElement("datalist"), { id: "zs-meant" });
  const field = Object.assign(document.createElement("input"), { type: "text", required: true, autocomplete: "off" });
  field.setAttribute("list", options.id);
  const label = make("label", "", say("What was it meant to be?"));
  label.append(field, options);
  form.append(label, Object.assign(make("button", "act main", say("Record")), { type: "submit" }));
  const notice = part.appendChild(make("p", "complaint"));
  notice.setAttribute("role", "status");
  const shown = part.appendChild(make("div", "score-tables"));
  part.append(definitions());

  const load = newest(() => ask("categories"), offer, (sentence) => (notice.textContent = sentence));

  function offer(answer) {
    categories = new Map(answer.categories.map((category) => [words(category.name).toLowerCase(), category]));
    options.replaceChildren(...answer.categories.map(({ name }) => new Option(words(name))));
  }

  function record(event) {
    event.preventDefault();
    const category = categories.get(field.value.trim().toLowerCase());
    const trouble = refusal(category);
    notice.replaceChildren(...(trouble ? [trouble.sentence, ...trouble.cure] : []));
    if (trouble) return;
    const { photos, by } = now.answer;
    add(measured({ meant: category.name, by, relevant: category.photos, photos: photos.map((photo) => photo.category), strokes: now.sheet.strokes }));
  }

  function add(row) {
    const same = room.records.find((other) => JSON.stringify(other.strokes) === JSON.stringify(row.strokes));
    const drawing = same?.drawing ?? 1 + Math.max(0, ...room.records.map((other) => other.drawing));
    room.records = [...room.records.filter((other) => !(same && other.kind === row.kind && other.by === row.by && other.drawing === drawing)), { ...row, drawing }];
    show();
  }

  function show() {
    table(shown, room.records, { remove, save });
  }

  function remove(row) {
    room.records = room.records.filter((other) => other !== row);
    show();
  }

  function save() {
    const link = Object.assign(document.createElement("a"), { download: "drawings.csv" });
    link.href = URL.createObjectURL(new Blob([csv(room.records)], { type: "text/csv" }));
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  form.addEventListener("submit", record);
  listen("turn", ({ photo, ...turn }) => add(found({ meant: photo.category, photo: photo.id, ...turn })));
  show();
  return {
    update() {
      const key = JSON.stringify([now.settings.gallery, now.settings.method]);
      if (key !== known) load();
      known = key;
    },
  };
}

/** Why nothing can be recorded just now; null if it can. */
function refusal(category) {
  if (now.empty) return { sentence: say("Draw something first."), cure: [] };
  if (!category) return { sentence: say("Choose one of the gallery's categories."), cure: [] };
  if (!now.answer || now.answer.seq < now.sheet.seq) return { sentence: say("The photos are not there yet. Try again in a moment."), cure: [] };
  if (now.answer.mode === "category") return null;
  const cure = Object.assign(make("button", "act", say("Search at category level")), { type: "button" });
  cure.addEventListener("click", () => tell("wish", { mode: "category" }));
  return { sentence: say("Fine-grained search has chosen a category already, so there is nothing to be right about."), cure: [cure] };
}
