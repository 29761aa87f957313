// What a step of the lesson does on the page.
//
// An action is one of {draw: name, ifEmpty}, {harm: name}, {attempt: name}, {tool: name}, {wish: {mode, method}},
// {view: name, part}, {game: teams} and {open: leaf}, which opens the first photo of the newest answer.

import { now } from "../../shared/question.js";
import { listen, tell } from "../../shared/signals.js";
import { LACKING } from "../limits/lacking.js";
import { HARM } from "../limits/harm.js";
import { room } from "../room.js";

const PATIENCE = 8000; // milliseconds to wait for the photos of a drawing that has only just been loaded

/** A drawing of this name, among the page's examples and those of things that the gallery lacks. */
export const drawingOf = (name) => [...room.examples, ...LACKING].find((drawing) => drawing.name === name);

const DO = {
  draw({ draw, ifEmpty }) {
    if (!ifEmpty || now.empty) tell("draw", { strokes: drawingOf(draw).strokes });
  },
  harm({ harm }) {
    const strokes = now.sheet?.strokes ?? [];
    if (strokes.length) tell("draw", { strokes: HARM[harm](strokes) });
  },
  attempt({ attempt }) {
    tell("attempt", { name: attempt }); // Break it does that, and says what came of it
  },
  tool({ tool }) {
    tell("tool", { name: tool });
  },
  wish({ wish }) {
    const { method, ...others } = wish;
    const meant = method === "own" ? room.lesson?.method : method;
    tell("wish", meant ? { ...others, method: meant } : others);
  },
  view({ view, part }) {
    if (part) room.part = part;
    tell("view", { name: view });
  },
  game({ game }) {
    room.game = game; // the Class tab may not have been opened yet
    tell("game");
  },
  async open({ open }) {
    if (!(await photos())) return;
    tell("open", { photos: now.answer.photos, index: 0 });
    tell("leaf", { name: open });
  },
};

/** Do one action after the other. */
export async function perform(actions) {
  for (const action of actions) {
    const kind = Object.keys(DO).find((name) => name in action);
    await DO[kind](action);
  }
}

let waiting = () => {}; // for the photos of the drawing that is on the sheet
listen("answered", () => waiting());

/** Whether there are photos of the drawing on the sheet, or will be within a moment. */
function photos() {
  const fresh = () => now.answer?.photos.length > 0 && now.answer.seq >= now.sheet.seq;
  if (now.empty) return false;
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(now.answer?.photos.length > 0), PATIENCE);
    waiting = () => {
      if (!fresh()) return;
      clearTimeout(timer);
      resolve(true);
    };
    waiting();
  });
}
