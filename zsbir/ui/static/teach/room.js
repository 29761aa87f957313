// What the class has on this page, in its memory alone; it goes with the page.
//
// "Start afresh" loads the page again for the next pupil. Only what the teacher ticked goes along, through the tab's
// own storage, which is emptied as soon as it has been read.

import { listen } from "../shared/signals.js";

const PLACE = "zsbir.class";

export const room = {
  part: "lesson", // what the Class tab shows
  lesson: null, // {minutes, step, method} while one runs
  records: [], // drawings whose meaning somebody told, see scores/records.js
  keeps: { lesson: false, records: false }, // what stays when the next pupil starts afresh
  game: null, // teams of a game that a lesson wants to begin
  examples: [], // drawings that the page can load: {name, strokes}
};

/** What goes along to the next pupil. */
export function handedOver({ keeps, lesson, records }) {
  return { keeps, ...(keeps.lesson && { lesson }), ...(keeps.records && { records }) };
}

/** Take what the last pupil's page handed over, and hand over from now on. */
export function attachRoom() {
  try {
    Object.assign(room, JSON.parse(sessionStorage.getItem(PLACE)) ?? {});
    sessionStorage.removeItem(PLACE);
  } catch {
    // Nothing was handed over, or the browser keeps nothing.
  }
  listen("afresh", () => {
    try {
      sessionStorage.setItem(PLACE, JSON.stringify(handedOver(room)));
    } catch {
      // The next pupil begins without anything, which harms nobody.
    }
  });
}
