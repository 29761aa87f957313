// Painting strokes; Python paints them for the model, with lines of one width.

import { SIDE } from "./geometry.js";

// As wide as the model's lines on a drawing of 380 units; it fits every drawing to its own size.
export const INK_WIDTH = 7;
const CORNER = 0.5; // cosine of the turn from which a bend is a corner and not part of a curve
const SWELL = 0.8; // how much of the width the pressure of a pen decides

/** Cosine of the angle by which a line turns at its point i: 1 straight on, -1 back. */
export function turn(x, y, i) {
  const [ax, ay, bx, by] = [x[i] - x[i - 1], y[i] - y[i - 1], x[i + 1] - x[i], y[i + 1] - y[i]];
  return (ax * bx + ay * by) / (Math.hypot(ax, ay) * Math.hypot(bx, by) || 1);
}

/** Width of a line under a pressure in [0, 1]; half of the full pressure is the usual width. */
export const widthAt = (pressure) => INK_WIDTH * (1 + SWELL * (pressure - 0.5));

function evenStroke(ctx, { x, y }) {
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

/** A stroke whose width follows the pen's pressure, bend by bend. */
function pressedStroke(ctx, { x, y, p }) {
  let [fromX, fromY] = [x[0], y[0]];
  for (let i = 0; i < x.length; i++) {
    const last = i >= x.length - 1;
    const [toX, toY] = last ? [x[i] + 0.01, y[i]] : [(x[i] + x[i + 1]) / 2, (y[i] + y[i + 1]) / 2];
    ctx.lineWidth = widthAt(p[i]);
    ctx.beginPath();
    ctx.moveTo(fromX, fromY);
    ctx.quadraticCurveTo(x[i], y[i], toX, toY);
    ctx.stroke();
    [fromX, fromY] = [toX, toY];
  }
}

/** Paint a drawing into a square context of `pixels` pixels; `paper` null keeps it see-through. */
export function paint(ctx, pixels, drawing, { ink, paper = null }) {
  ctx.setTransform(pixels / SIDE, 0, 0, pixels / SIDE, 0, 0);
  ctx.clearRect(0, 0, SIDE, SIDE);
  if (drawing.picture) {
    ctx.drawImage(drawing.picture, 0, 0, SIDE, SIDE);
    ctx.globalCompositeOperation = "source-in"; // a picture is ink on nothing, and takes any colour
    ctx.fillStyle = ink;
    ctx.fillRect(0, 0, SIDE, SIDE);
    ctx.globalCompositeOperation = "source-over";
  }
  ctx.strokeStyle = ink;
  ctx.lineCap = ctx.lineJoin = "round";
  for (const stroke of drawing.strokes) {
    ctx.lineWidth = INK_WIDTH;
    (stroke.p ? pressedStroke : evenStroke)(ctx, stroke);
  }
  if (!paper) return;
  ctx.globalCompositeOperation = "destination-over";
  ctx.fillStyle = paper;
  ctx.fillRect(0, 0, SIDE, SIDE);
  ctx.globalCompositeOperation = "source-over";
}
