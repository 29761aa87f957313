// The drawing and its word survive a reload: it is kept in this tab's own storage, and goes with the tab.

import { listen } from "../shared/signals.js";
import { fromDataURL } from "./picture.js";
import { isEmpty } from "./sheet.js";

const PLACE = "zsbir.sheet";

/** Keep the drawing and the settings from now on. */
export function attachKeep(sheet) {
  let settings = {};
  const keep = () => {
    const { strokes, picture } = sheet.drawing;
    if (isEmpty(sheet.drawing) && !settings.word) return forget();
    write({ strokes, picture: picture?.toDataURL("image/png") ?? null, settings });
  };
  sheet.addEventListener("change", keep);
  sheet.addEventListener("restore", keep);
  listen("settings", (now) => {
    settings = now;
    keep();
  });
}

/** What the tab kept: {drawing, settings}, or null. */
export async function kept() {
  try {
    const { strokes, picture, settings } = JSON.parse(sessionStorage.getItem(PLACE));
    return { drawing: { strokes, picture: picture && (await fromDataURL(picture)) }, settings };
  } catch {
    return null; // nothing, something else, or a browser that keeps nothing
  }
}

export function forget() {
  try {
    sessionStorage.removeItem(PLACE);
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

function write(value) {
  try {
    sessionStorage.setItem(PLACE, JSON.stringify(value));
  } catch {
    forget(); // too large for the storage: rather nothing than an old drawing
  }
}
