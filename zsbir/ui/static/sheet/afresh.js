// A clean page for the next person.

import { tell } from "../shared/signals.js";
import { withoutDrawing } from "./address.js";
import { forget } from "./keep.js";

/** Forget this person's drawing, its history and the settings; what a teacher's link set stays. */
export function afresh() {
  forget();
  tell("afresh");
  history.replaceState(null, "", withoutDrawing(location));
  location.reload();
}
