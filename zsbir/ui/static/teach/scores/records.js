// What the class recorded: drawings whose meaning somebody told, and turns of the game. In memory alone.

import { accuracy, averagePrecision, guessing, mean, precision, reciprocalRank } from "./measures.js";

export const K = 10;
export const MEASURES = ["precision", "accuracy", "average", "reciprocal"];

/**
 * Of a drawing that was searched at category level: {meant, by, strokes, photos: categories, relevant}.
 *
 * Its rank is that of the first right photo among `depth` photos; null if none is right.
 */
export function measured({ meant, photos, relevant, ...about }) {
  const marks = photos.map((category) => category === meant);
  const rank = marks.includes(true) ? 1 + marks.indexOf(true) : null;
  const values = {
    precision: precision(marks, K),
    accuracy: accuracy(marks),
    average: averagePrecision(marks, relevant, marks.length),
    reciprocal: reciprocalRank(marks),
  };
  return { kind: "category", meant, rank, depth: photos.length, ...about, ...values };
}

/**
 * Of a turn of the game: the photo that was to be found, and its category.
 *
 * `rank` is among the `depth` photos of the category, of which the measures are, as papers on fine-grained search
 * count; `place` is among the `searched` photos of the gallery, null for methods that rank within a category only.
 */
export function found({ meant, photo, rank, ...about }) {
  return { kind: "photo", meant, photo, rank, ...about, accuracy: rank === 1 ? 1 : 0, reciprocal: 1 / rank };
}

/**
 * The means of each way to search, in the order of their first row: [{kind, by, rows, ...means}].
 *
 * Turns of the game are followed by what guessing would give for the same photos, of the kind "guess".
 */
export function means(rows) {
  const groups = new Map();
  for (const row of rows) {
    const key = `${row.kind} ${row.by}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].flatMap((those) => (those[0].kind === "photo" ? [group(those), group(those.map(guessed))] : [group(those)]));
}

const guessed = ({ by, depth }) => ({ kind: "guess", by, ...guessing(depth) });

function group(rows) {
  const of = (name) => mean(rows.map((row) => row[name]).filter((value) => value !== undefined));
  const values = Object.fromEntries(MEASURES.map((name) => [name, of(name)]));
  return { ...values, kind: rows[0].kind, by: rows[0].by, rows: rows.length };
}

const COLUMNS = ["drawing", "kind", "meant", "photo", "by", "depth", "precision", "accuracy", "average", "reciprocal", "rank", "place", "searched"];
const TITLES = ["drawing", "counts", "meant", "target", "method", "photos", `P@${K}`, "Acc@1", "AP", "RR", "rank", "rank in gallery", "photos in gallery"];

/** The rows as a table that spreadsheets open. */
export function csv(rows) {
  const cell = (value) => {
    if (value === undefined || value === null) return "";
    if (typeof value === "number") return String(+value.toFixed(4));
    const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value; // or a spreadsheet would take it for a formula
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [TITLES, ...rows.map((row) => COLUMNS.map((name) => row[name]))].map((line) => line.map(cell).join(",")).join("\r\n") + "\r\n";
}
