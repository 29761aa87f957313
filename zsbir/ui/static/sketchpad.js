// The sheet: pen and eraser, undo and redo, and one `input` event for whatever changes the drawing.

const SEND_EVERY = 150; // milliseconds between searches while the pen is down
const ERASER_REACH = 14; // canvas units
const MIN_STEP = 1.2; // canvas units between two kept points
const PALM_REST = 800; // milliseconds after pen contact in which a touch is taken for the palm

const root = element.querySelector(".pad");
const canvas = root.querySelector("canvas");
const fileInput = root.querySelector("input[type=file]");
const invite = root.querySelector(".invite");
const trouble = root.querySelector(".trouble");
const button = (name) => root.querySelector(`[data-do=${name}]`);

const history = new History({ strokes: [], picture: null });
let tool = "pen";
let gesture = null; // what the active pointer is doing: {id, type, erase, stroke, drawing, from}
let penSeen = -Infinity; // when a pen last touched or moved over the sheet
let live = null; // the drawing to show while a gesture or a replay is under way
let seq = 0;
let lastSent = 0;
let sendTimer = null;
let replayFrame = null;

const shown = () => live ?? history.now;
const isEmpty = ({ strokes, picture }) => strokes.length === 0 && !picture;

// ---- to Python and to the rest of the page

function send() {
  clearTimeout(sendTimer);
  sendTimer = null;
  lastSent = performance.now();
  seq += 1;
  const drawing = shown();
  props.value = {
    width: SIDE,
    height: SIDE,
    strokes: packed(drawing.strokes),
    picture: drawing.picture ? composite(drawing) : null,
    seq,
  };
  trigger("input");
  document.dispatchEvent(new CustomEvent("zsbir:drawing", { detail: { seq, empty: isEmpty(drawing) } }));
}

// Python now has this drawing: until it changes, a question about it carries its number alone.
document.addEventListener("zsbir:answered", ({ detail }) => {
  if (detail.seq === seq) props.value = { width: SIDE, height: SIDE, strokes: [], picture: null, seq, kept: true };
});
document.addEventListener("zsbir:forgotten", ({ detail }) => {
  if (detail.seq === seq) send();
});

function sendSoon() {
  if (sendTimer === null) sendTimer = setTimeout(send, Math.max(0, lastSent + SEND_EVERY - performance.now()));
}

// ---- what one sees

function render() {
  const pixels = Math.max(1, Math.round(canvas.clientWidth * window.devicePixelRatio));
  if (canvas.width !== pixels) canvas.width = canvas.height = pixels;
  const drawing = shown();
  paint(canvas.getContext("2d"), pixels, drawing, { ink: getComputedStyle(canvas).color });
  invite.hidden = !isEmpty(drawing) || gesture !== null;
}

function refresh() {
  render();
  const drawing = history.now;
  const count = drawing.strokes.length;
  const label = count === 1 ? "1 stroke" : `${count} strokes`;
  canvas.setAttribute("aria-label", `Drawing sheet, ${isEmpty(drawing) ? "empty" : drawing.picture ? `a picture and ${label}` : label}`);
  button("pen").setAttribute("aria-pressed", tool === "pen");
  button("erase").setAttribute("aria-pressed", tool === "erase");
  button("undo").setAttribute("aria-disabled", !history.past.length);
  button("redo").setAttribute("aria-disabled", !history.future.length);
  button("clear").setAttribute("aria-disabled", isEmpty(drawing));
  canvas.classList.toggle("erasing", tool === "erase");
}

function complain(sentence = "") {
  trouble.textContent = sentence;
  trouble.hidden = !sentence;
}

/** Make `next` the drawing: one step of undo, one search. */
function commit(next) {
  live = null;
  history.step(next);
  complain();
  refresh();
  send();
}

// ---- pen and eraser

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
  if (gesture) {
    // A palm that touched first gives way to the pen; any other second pointer is ignored.
    if (!(isPen && gesture.type === "touch")) return;
    abandon();
  }
  if (event.button > 0 && !isPen) return;
  finishReplay();
  capture(event.pointerId);
  const erase = tool === "erase" || (isPen && (event.buttons & 32) !== 0);
  const stroke = { x: [], y: [], t: [], ...(isPen && { p: [] }) };
  gesture = { id: event.pointerId, type: event.pointerType, erase, stroke, start: event.timeStamp, from: position(event) };
  live = history.now;
  extend(event);
}

function extend(event) {
  if (event.pointerType === "pen") penSeen = event.timeStamp;
  if (gesture?.id !== event.pointerId) return;
  const moves = event.getCoalescedEvents?.() ?? [];
  const before = live;
  (moves.length ? moves : [event]).forEach(gesture.erase ? rub : ink);
  if (live !== before) sendSoon();
  render();
}

function ink(event) {
  const { stroke, start } = gesture;
  const [x, y] = position(event);
  const last = stroke.x.length - 1;
  if (last >= 0 && Math.hypot(x - stroke.x[last], y - stroke.y[last]) < MIN_STEP) return;
  stroke.x.push(x);
  stroke.y.push(y);
  stroke.t.push(event.timeStamp - start);
  stroke.p?.push(event.pressure);
  live = { ...history.now, strokes: [...history.now.strokes, stroke] };
}

function rub(event) {
  const [fromX, fromY] = gesture.from;
  const [x, y] = position(event);
  const steps = Math.max(1, Math.ceil(Math.hypot(x - fromX, y - fromY) / ERASER_REACH));
  for (let i = 1; i <= steps; i++) {
    const [px, py] = [fromX + ((x - fromX) * i) / steps, fromY + ((y - fromY) * i) / steps];
    const kept = live.strokes.filter((stroke) => !touches(stroke, px, py, ERASER_REACH));
    if (kept.length < live.strokes.length) live = { ...live, strokes: kept };
  }
  gesture.from = [x, y];
}

function end(event) {
  if (gesture?.id !== event.pointerId) return;
  if (event.pointerType === "pen") penSeen = event.timeStamp;
  gesture = null;
  const next = live;
  live = null;
  if (next === history.now) refresh();
  else commit(next);
}

/** Forget the stroke under way, and search again if part of it had been sent. */
function abandon() {
  if (gesture) {
    if (canvas.hasPointerCapture(gesture.id)) canvas.releasePointerCapture(gesture.id);
    sendSoon();
  }
  gesture = null;
  live = null;
  refresh();
}

canvas.addEventListener("pointerdown", begin);
canvas.addEventListener("pointermove", extend);
canvas.addEventListener("pointerup", end);
canvas.addEventListener("pointercancel", end); // the system took the pointer: keep what was drawn
canvas.addEventListener("contextmenu", (event) => event.preventDefault());
