// The sheet's buttons and keys.

import { isTyping, listen } from "../shared/signals.js";
import { EMPTY, isEmpty } from "./sheet.js";
import { fitted } from "./strokes/geometry.js";

const KEYS = { p: "pen", e: "erase", f: "fit", r: "replay", o: "open", s: "share", delete: "clear" };

/** Join buttons (data-do) and keys to what they do; `more` adds actions, the result tells the chosen tool. */
export function attachTools(root, sheet, replay, more) {
  let tool = "pen";
  const button = (name) => root.querySelector(`[data-do=${name}]`);
  const choose = (name) => {
    tool = name;
    refresh();
  };

  const actions = {
    pen: () => choose("pen"),
    erase: () => choose("erase"),
    undo: () => sheet.travel("undo"),
    redo: () => sheet.travel("redo"),
    clear() {
      sheet.settle();
      if (!isEmpty(sheet.drawing)) sheet.commit(EMPTY);
    },
    forget() {
      sheet.settle();
      sheet.forget();
    },
    fit() {
      sheet.settle();
      if (canFit()) sheet.commit({ ...sheet.drawing, strokes: fitted(sheet.drawing.strokes) });
    },
    replay() {
      if (replay.isRunning) replay.stop();
      else if (sheet.drawing.strokes.length) replay.again();
    },
    ...more,
  };

  // A picture lies on the sheet as large as it is; strokes alone can be moved.
  const canFit = () => sheet.drawing.strokes.length > 0 && !sheet.drawing.picture;

  function refresh() {
    button("pen").setAttribute("aria-pressed", tool === "pen");
    button("erase").setAttribute("aria-pressed", tool === "erase");
    const able = {
      undo: sheet.canUndo,
      redo: sheet.canRedo,
      clear: !isEmpty(sheet.drawing),
      fit: canFit(),
      replay: sheet.drawing.strokes.length > 0,
    };
    for (const [name, can] of Object.entries(able)) button(name).setAttribute("aria-disabled", !can);
    root.querySelector("canvas").classList.toggle("erasing", tool === "erase");
  }

  root.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-do]");
    if (pressed) actions[pressed.dataset.do]?.();
  });

  // Undo works from the whole page; single letters only while the sheet or its tools have the focus.
  document.addEventListener("keydown", (event) => {
    if (!root.isConnected || isTyping(event.target) || event.altKey) return;
    const key = event.key.toLowerCase();
    let action = null;
    if (event.ctrlKey || event.metaKey) action = { z: event.shiftKey ? "redo" : "undo", y: "redo" }[key];
    else if (root.contains(event.target)) action = KEYS[key];
    if (!action) return;
    event.preventDefault();
    actions[action]();
  });

  listen("tool", ({ name }) => actions[name]?.()); // a lesson presses one, and a game forgets between two turns
  sheet.addEventListener("change", refresh);
  sheet.addEventListener("restore", refresh);
  refresh();
  return () => tool;
}
