// Pen and eraser: what a finger, a mouse or a stylus does on the sheet.

import { SIDE, touches } from "./strokes/geometry.js";
import { Steady } from "./strokes/smooth.js";
import { endOf, LONGEST_PAUSE } from "./strokes/times.js";

const ERASER_REACH = 14; // canvas units
const MIN_STEP = 1.2; // canvas units between two kept points
const PALM_REST = 800; // milliseconds after pen contact in which a touch is taken for the palm
const ERASER_BUTTON = 32; // of a stylus, in the buttons of its events

/** Let pointers draw on a canvas; `tool()` says whether they draw or rub, `soon` is called as they go. */
export function attachPen(canvas, sheet, { tool, soon }) {
  let gesture = null; // what the active pointer is doing: {id, type, rubs, stroke, next, ...}
  let penSeen = -Infinity; // when a pen last touched or moved over the sheet
  let lifted = -Infinity; // when the last stroke ended

  function position(event) {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE];
  }

  function capture(id) {
    try {
      canvas.setPointerCapture(id);
    } catch {
      // The pointer is gone already; what it drew still counts.
    }
  }

  function begin(event) {
    const isPen = event.pointerType === "pen";
    if (event.pointerType === "touch" && event.timeStamp - penSeen < PALM_REST) return;
    // A palm that touched first gives way to the pen; any other second pointer is ignored.
    if (gesture && !(isPen && gesture.type === "touch")) return;
    if (event.button > 0 && !isPen) return;
    sheet.settle();
    capture(event.pointerId);
    gesture = {
      id: event.pointerId,
      type: event.pointerType,
      rubs: tool() === "erase" || (isPen && (event.buttons & ERASER_BUTTON) !== 0),
      stroke: { x: [], y: [], t: [], ...(isPen && { p: [] }) },
      steady: new Steady(),
      clock: event.timeStamp - startOfStroke(event),
      from: position(event),
      next: sheet.drawing,
    };
    extend(event);
  }

  /** Times run on from stroke to stroke; a long pause counts as a short one. */
  function startOfStroke(event) {
    const { strokes } = sheet.drawing;
    return strokes.length ? endOf(strokes) + Math.min(LONGEST_PAUSE, event.timeStamp - lifted) : 0;
  }

  function extend(event) {
    if (event.pointerType === "pen") penSeen = event.timeStamp;
    if (gesture?.id !== event.pointerId) return;
    const moves = event.getCoalescedEvents?.() ?? [];
    const before = gesture.next;
    (moves.length ? moves : [event]).forEach(gesture.rubs ? rub : ink);
    if (gesture.next !== before) soon();
    sheet.show(gesture.next);
  }

  function ink(event) {
    const [x, y] = position(event);
    gesture.last = { x, y, t: event.timeStamp - gesture.clock, p: event.pressure };
    const [steadyX, steadyY] = gesture.steady.next(x, y, event.timeStamp);
    add({ ...gesture.last, x: steadyX, y: steadyY }, MIN_STEP);
  }

  function add({ x, y, t, p }, step) {
    const { stroke } = gesture;
    const end = stroke.x.length - 1;
    if (end >= 0 && Math.hypot(x - stroke.x[end], y - stroke.y[end]) < step) return;
    stroke.x.push(x);
    stroke.y.push(y);
    stroke.t.push(t);
    stroke.p?.push(p);
    gesture.next = { ...sheet.drawing, strokes: [...sheet.drawing.strokes, stroke] };
  }

  function rub(event) {
    const [fromX, fromY] = gesture.from;
    const [x, y] = position(event);
    const steps = Math.max(1, Math.ceil(Math.hypot(x - fromX, y - fromY) / ERASER_REACH));
    for (let i = 1; i <= steps; i++) {
      const [px, py] = [fromX + ((x - fromX) * i) / steps, fromY + ((y - fromY) * i) / steps];
      gesture.next = rubbed(gesture.next, px, py);
    }
    gesture.from = [x, y];
  }

  function rubbed(drawing, x, y) {
    const strokes = drawing.strokes.filter((stroke) => !touches(stroke, x, y, ERASER_REACH));
    return strokes.length === drawing.strokes.length ? drawing : { ...drawing, strokes };
  }

  function end(event) {
    if (gesture?.id !== event.pointerId) return;
    if (event.pointerType === "pen") penSeen = event.timeStamp;
    lifted = event.timeStamp;
    if (gesture.last) add(gesture.last, MIN_STEP); // the steady line catches up with the pen
    const { next } = gesture;
    gesture = null;
    if (next === sheet.drawing) sheet.show(null);
    else sheet.commit(next);
  }

  /** Forget the stroke under way, and search again, as part of it may have been sent. */
  function abandon() {
    if (!gesture) return;
    if (canvas.hasPointerCapture(gesture.id)) canvas.releasePointerCapture(gesture.id);
    gesture = null;
    sheet.show(null);
    soon();
  }

  canvas.addEventListener("pointerdown", begin);
  canvas.addEventListener("pointermove", extend);
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end); // the system took the pointer: keep what was drawn
  canvas.addEventListener("contextmenu", (event) => event.preventDefault());
  sheet.addEventListener("settle", abandon);
}
