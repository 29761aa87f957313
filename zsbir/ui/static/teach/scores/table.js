// What was recorded, as tables: the means of each method first, then every drawing.

import { make, words } from "../../results/words.js";
import { doodle } from "../../shared/doodle.js";
import { decimals, say } from "../../shared/say.js";
import { K, MEASURES, means } from "./records.js";

const TITLES = [`P@${K}`, "Acc@1", "AP", "RR"];
const percent = (value) => (value === undefined || value === null ? "" : `${(100 * value).toFixed(0)} %`);
const number = (value) => (value === undefined || value === null ? "" : decimals(value, 2));

// How each measure is written: shares as percentages, the reciprocal of a rank as the number it is.
const written = (row) => MEASURES.map((name) => (name === "reciprocal" ? number : percent)(row[name]));
const cells = (texts) => texts.map((text) => make("td", "", text));

/** Show the rows in `part`; `remove(row)` and `save()` are what its buttons do. */
export function table(part, rows, { remove, save }) {
  if (!rows.length) return part.replaceChildren(make("p", "hint", say("Nothing is recorded yet. Turns of the game are recorded by themselves.")));
  const download = Object.assign(make("button", "act", say("Save as CSV")), { type: "button" });
  download.addEventListener("click", save);
  const drawings = rows.filter(({ kind }) => kind === "category");
  const turns = rows.filter(({ kind }) => kind === "photo");
  const tables = [drawings.length && drawingsTable(drawings, remove), turns.length && turnsTable(turns, remove)];
  part.replaceChildren(meansTable(rows), ...tables.filter(Boolean), download);
}

function meansTable(rows) {
  const [made, body] = begun(say("Means"), [say("Method"), say("Drawings"), ...TITLES]);
  for (const group of means(rows)) {
    const row = body.insertRow();
    row.append(Object.assign(make("th", "", named(group)), { scope: "row" }), ...cells([String(group.rows), ...written(group)]));
  }
  return made;
}

function named({ kind, by }) {
  if (kind === "guess") return say("Guessing, for the same photos");
  return kind === "photo" ? say("{method}, photos of the game in their categories", { method: by }) : by;
}

/** Drawings whose meaning somebody told: the first right photo among those that were shown. */
function drawingsTable(rows, remove) {
  const [made, body] = begun(say("Drawings"), [say("Drawing"), say("Meant"), say("Method"), ...TITLES, say("First right"), ""]);
  for (const record of rows) {
    const { meant, by, rank, depth } = record;
    const first = rank ? standing(rank, depth) : say("none of {among}", { among: depth });
    body.insertRow().append(pictured(record), ...cells([words(meant), by, ...written(record), first]), removal(record, remove));
  }
  return made;
}

/** Turns of the game: the very photo among all of the gallery, and among those of its category. */
function turnsTable(rows, remove) {
  const ranks = [say("In the gallery"), say("In its category")];
  const measures = [say("Acc@1 in its category"), say("RR in its category")];
  const [made, body] = begun(say("Photos of the game"), [say("Drawing"), say("Photo of"), say("Method"), ...ranks, ...measures, ""]);
  for (const record of rows) {
    const { meant, by, rank, depth, place, searched, accuracy, reciprocal } = record;
    const values = [place ? standing(place, searched) : "–", standing(rank, depth), percent(accuracy), number(reciprocal)];
    body.insertRow().append(pictured(record), ...cells([words(meant), by, ...values]), removal(record, remove));
  }
  return made;
}

const standing = (rank, among) => say("{rank} of {among}", { rank, among });

function pictured(record) {
  const picture = make("td", "");
  picture.append(doodle(record.strokes), make("small", "", String(record.drawing)));
  return picture;
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
