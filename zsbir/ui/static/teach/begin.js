// What a class needs before its tab is opened: the lesson's strip, the projector, and what the last pupil left on purpose.

import { tell } from "../shared/signals.js";
import { LENGTHS } from "./lesson/steps.js";
import { attachStrip } from "./lesson/strip.js";
import { attachProjector } from "./projector.js";
import { attachRoom, room } from "./room.js";

/** Get `root`, the right side of the page, ready; `examples` are the drawings it can load. */
export function attachClass(root, examples) {
  room.examples = examples;
  attachProjector();
  attachRoom();
  attachStrip(root);
  const asked = Number(new URLSearchParams(location.search).get("lesson"));
  if (room.lesson) tell("lesson", { ...room.lesson, isHandedOver: true });
  else if (LENGTHS.includes(asked)) tell("lesson", { minutes: asked, step: 0 });
}
