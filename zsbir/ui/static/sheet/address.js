// What the page's address carries: a drawing, and the settings and the word to search it with. Nothing of it is kept by the server.
//
// Behind the # it never leaves the browser. Inside another page, as on a Hugging Face Space, that page hands on only
// what stands behind the ?, so links made there have it there; both are read.

import { decode, encode } from "./strokes/link.js";

const SETTINGS = ["mode", "method", "gallery", "word", "weight"];
const DRAW = "draw";
const QUESTION = [DRAW, "word", "weight"]; // what somebody asked with, and no setting for whoever comes next

/** The strokes (or null) and the settings in an address; an Error says why its drawing cannot be read. */
export async function readLink({ search, hash }) {
  const [asked, behind] = [new URLSearchParams(search), new URLSearchParams(hash.slice(1))];
  const get = (name) => behind.get(name) ?? asked.get(name);
  const settings = Object.fromEntries(SETTINGS.map((name) => [name, get(name)]).filter(([, value]) => value));
  const text = get(DRAW);
  return { strokes: text ? await decode(text) : null, settings };
}

/** A link to the drawing under the settings, or null if the drawing is too large for one. */
export async function writeLink({ origin, pathname }, strokes, settings, isFramed) {
  const carried = new URLSearchParams();
  for (const name of SETTINGS) if ((settings[name] ?? "") !== "") carried.set(name, settings[name]);
  if (strokes.length) {
    const text = await encode(strokes);
    if (!text) return null;
    carried.set(DRAW, text);
  }
  return `${origin}${pathname}${isFramed ? "?" : "#"}${carried}`;
}

/** The address without its drawing and word: settings that a teacher's link came with stay. */
export function withoutDrawing({ pathname, search, hash }) {
  const strip = (text, mark) => {
    const rest = new URLSearchParams(text.slice(1));
    for (const name of QUESTION) rest.delete(name);
    return String(rest) && mark + rest;
  };
  return pathname + strip(search, "?") + strip(hash, "#");
}
