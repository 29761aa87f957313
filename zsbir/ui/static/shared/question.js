// What is on the page just now, for whoever asks about it: the drawing, the settings, and the newest answer.

import { listen } from "./signals.js";

/** `sheet` is the drawing as it is sent, `settings` the mode, gallery, method, category, word and weight (or null). */
export const now = { sheet: null, empty: true, settings: globalThis.zsbirSettings ?? {}, answer: null };

listen("drawing", ({ sheet, empty }) => Object.assign(now, { sheet, empty }));
listen("settings", (settings) => Object.assign(now, { settings }));
listen("answered", (answer) => Object.assign(now, { answer }));
