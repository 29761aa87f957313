// Strokes as data: painting them, finding them under the eraser, packing them for Python.

const SIDE = 600; // canvas units; the sheet is square whatever its size on screen
const INK_WIDTH = 5;
const CORNER = 0.5; // cosine of the turn from which a bend is a corner and not part of a curve
const MAX_SENT_POINTS = 15000; // Python refuses more than 20,000

/** Cosine of the angle by which a line turns at its point i: 1 straight on, -1 back. */
function turn(x, y, i) {
  const [ax, ay, bx, by] = [x[i] - x[i - 1], y[i] - y[i - 1], x[i + 1] - x[i], y[i + 1] - y[i]];
  return (ax * bx + ay * by) / (Math.hypot(ax, ay) * Math.hypot(bx, by) || 1);
}

function strokePath(ctx, { x, y }) {
  ctx.beginPath();
  ctx.moveTo(x[0], y[0]);
  if (x.length === 1) ctx.lineTo(x[0] + 0.01, y[0]); // a round cap makes the dot
  for (let i = 1; i < x.length - 1; i++) {
    if (turn(x, y, i) < CORNER) ctx.lineTo(x[i], y[i]);
    else ctx.quadraticCurveTo(x[i], y[i], (x[i] + x[i + 1]) / 2, (y[i] + y[i + 1]) / 2);
  }
  if (x.length > 1) ctx.lineTo(x[x.length - 1], y[y.length - 1]);
  ctx.stroke();
}

/** Paint a drawing into a square context of `pixels` pixels; `paper` null keeps it see-through. */
function paint(ctx, pixels, drawing, { ink, paper = null }) {
  ctx.setTransform(pixels / SIDE, 0, 0, pixels / SIDE, 0, 0);
  ctx.clearRect(0, 0, SIDE, SIDE);
  if (paper) {
    ctx.fillStyle = paper;
    ctx.fillRect(0, 0, SIDE, SIDE);
  }
  if (drawing.picture) ctx.drawImage(drawing.picture, 0, 0, SIDE, SIDE);
  ctx.strokeStyle = ink;
  ctx.lineWidth = INK_WIDTH;
  ctx.lineCap = ctx.lineJoin = "round";
  drawing.strokes.forEach((stroke) => strokePath(ctx, stroke));
}

function distanceToSegment(px, py, ax, ay, bx, by) {
  const [dx, dy] = [bx - ax, by - ay];
  const length2 = dx * dx + dy * dy;
  const along = length2 ? Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / length2)) : 0;
  return Math.hypot(px - ax - along * dx, py - ay - along * dy);
}

/** Whether a stroke passes within `reach` units of a point. */
function touches({ x, y }, px, py, reach) {
  if (x.length === 1) return Math.hypot(px - x[0], py - y[0]) <= reach;
  for (let i = 1; i < x.length; i++) {
    if (distanceToSegment(px, py, x[i - 1], y[i - 1], x[i], y[i]) <= reach) return true;
  }
  return false;
}

const rounded = (values, digits) => values.map((v) => +v.toFixed(digits));
const every = (values, step) => values.filter((_, i) => i % step === 0 || i === values.length - 1);

/** Strokes as Python's `Drawing.from_json` reads them, thinned when there are very many points. */
function packed(strokes) {
  const total = strokes.reduce((sum, { x }) => sum + x.length, 0);
  const step = Math.max(1, Math.ceil(total / MAX_SENT_POINTS));
  return strokes.map(({ x, y, t, p }) => ({
    x: rounded(every(x, step), 1),
    y: rounded(every(y, step), 1),
    ...(t && { t: rounded(every(t, step), 0) }),
    ...(p && { p: rounded(every(p, step), 2) }),
  }));
}

/** Undo and redo over whole drawings, so that clear, erase and upload are steps like any other. */
class History {
  constructor(now) {
    Object.assign(this, { past: [], now, future: [] });
  }
  step(next) {
    this.past = [...this.past, this.now].slice(-500);
    this.now = next;
    this.future = [];
  }
  undo() {
    if (!this.past.length) return false;
    this.future.push(this.now);
    this.now = this.past.pop();
    return true;
  }
  redo() {
    if (!this.future.length) return false;
    this.past.push(this.now);
    this.now = this.future.pop();
    return true;
  }
}
