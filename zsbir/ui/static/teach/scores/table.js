// What was recorded, as tables: the means of each method first, then every drawing.

import { make, words } from "../../results/words.js";
import { doodle } from "../../shared/doodle.js";
import { say } from "../../shared/say.js";
import { K, MEASURES, means } from "./records.js";

const titles = () => [`P@${K}`, "Acc@1", "AP", "RR"];
const percent = (value) => (value === undefined || value === null ? "" : `${(100 * value).toFixed(0)} %`);

/** Show the rows in `part`; `remove(row)` and `save()` are what its buttons do. */
export function table(part, rows, { remove, save }) {
  if (!rows.length) return part.replaceChildren(make("p", "hint", say("Nothing is recorded yet. Turns of the game are recorded by themselves.")));
  const download = Object.assign(make("button", "act", say("Save as CSV")), { type: "button" });
  download.addEventListener("click", save);
  part.replaceChildren(meansTable(rows), rowsTable(rows, remove), download);
}

function meansTable(rows) {
  const [made, body] = begun(say("Means"), [say("Method"), say("Drawings"), ...titles()]);
  for (const group of means(rows)) {
    const row = body.insertRow();
    row.append(Object.assign(make("th", "", named(group)), { scope: "row" }), make("td", "", String(group.rows)));
    row.append(...MEASURES.map((value) => make("td", "", percent(group[value]))));
  }
  return made;
}

const named = ({ kind, by }) => (kind === "photo" ? say("{method}, photos of the game", { method: by }) : by);

function rowsTable(rows, remove) {
  const [made, body] = begun(say("Drawings"), [say("Drawing"), say("Meant"), say("Method"), ...titles(), ""]);
  for (const record of rows) {
    const row = body.insertRow();
    const picture = make("td", "");
    picture.append(doodle(record.strokes), make("small", "", String(record.drawing)));
    row.append(picture, make("td", "", words(record.meant)), make("td", "", named(record)));
    row.append(...MEASURES.map((value) => make("td", "", percent(record[value]))), removal(record, remove));
  }
  return made;
}

function removal(record, remove) {
  const cell = make("td", "");
  const button = Object.assign(make("button", "remove", "×"), { type: "button" });
  button.setAttribute("aria-label", say("Remove drawing {drawing}", { drawing: record.drawing }));
  button.addEventListener("click", () => remove(record));
  cell.append(button);
  return cell;
}

/** A table in a frame that scrolls by itself where the page is narrow: [frame, body]. */
function begun(caption, columns) {
  const frame = make("div", "table-frame");
  frame.tabIndex = 0;
  frame.setAttribute("role", "region");
  frame.setAttribute("aria-label", caption);
  const made = frame.appendChild(make("table", ""));
  made.createCaption().textContent = caption;
  const head = made.createTHead().insertRow();
  for (const column of columns) head.append(column ? Object.assign(make("th", "", column), { scope: "col" }) : make("td", ""));
  return [frame, made.createTBody()];
}
