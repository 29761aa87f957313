// What the sheet does with strokes: fitting, simplifying, steadying, timing, undoing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bounds, fitted, keptPoints, touches } from "../../zsbir/ui/static/sheet/strokes/geometry.js";
import { Sheet } from "../../zsbir/ui/static/sheet/sheet.js";
import { Steady } from "../../zsbir/ui/static/sheet/strokes/smooth.js";
import { endOf, LONGEST_PAUSE, timed, until } from "../../zsbir/ui/static/sheet/strokes/times.js";

const near = (a, b, within) => assert.ok(Math.abs(a - b) <= within, `${a} is not ${b}`);

test("a drawing fits the sheet up to its margin, and a dot stays a dot", () => {
  const [left, top, right, bottom] = bounds(fitted([{ x: [10, 20], y: [10, 40] }], 600, 0.1));
  near(top, 60, 1e-9);
  near(bottom, 540, 1e-9);
  near(left + right, 600, 1e-9);
  assert.deepEqual(bounds(fitted([{ x: [10], y: [10] }])), [300, 300, 300, 300]);
});

test("simplified lines stay within the tolerance of every point", () => {
  const x = Array.from({ length: 200 }, (_, i) => i);
  const y = x.map((value) => 40 * Math.sin(value / 15));
  const kept = keptPoints({ x, y }, 1);
  assert.ok(kept.length < 60 && kept[0] === 0 && kept.at(-1) === 199);
  const line = { x: kept.map((i) => x[i]), y: kept.map((i) => y[i]) };
  x.forEach((_, i) => assert.ok(touches(line, x[i], y[i], 1 + 1e-9)));
});

test("a steady hand trembles less, and keeps its corners", () => {
  const steady = new Steady();
  const tremble = Array.from({ length: 100 }, (_, i) => steady.next(i / 4, i % 2 ? 1.5 : -1.5, i * 8)[1]).slice(20);
  assert.ok(Math.max(...tremble.map(Math.abs)) < 0.9);
  const fast = new Steady();
  const corner = Array.from({ length: 41 }, (_, i) => fast.next(i < 20 ? i * 15 : 300, i < 20 ? 0 : (i - 20) * 15, i * 8));
  assert.ok(Math.min(...corner.map(([x, y]) => Math.hypot(x - 300, y))) < 15);
});

test("times run on, long pauses are cut, unknown ones are guessed", () => {
  const strokes = timed([
    { x: [0, 70], y: [0, 0], t: [50, 150] },
    { x: [0, 70], y: [0, 0], t: [99999, 100099] },
    { x: [0, 70], y: [0, 0] },
  ]);
  assert.deepEqual(strokes[0].t, [0, 100]);
  assert.deepEqual(strokes[1].t, [100 + LONGEST_PAUSE, 200 + LONGEST_PAUSE]);
  assert.equal(endOf(strokes), strokes[2].t[0] + 100);
  assert.deepEqual(until(strokes, 99).map(({ x }) => x), [[0]]);
  assert.equal(until(strokes, endOf(strokes)).length, 3);
});

test("undo and redo cover every step, and a restored drawing is where one begins", () => {
  const sheet = new Sheet();
  const heard = [];
  sheet.addEventListener("change", () => heard.push(sheet.drawing.strokes.length));
  sheet.restore({ strokes: [1], picture: null });
  assert.equal(sheet.canUndo, false);
  sheet.commit({ strokes: [1, 2], picture: null });
  sheet.travel("undo");
  sheet.travel("undo");
  sheet.travel("redo");
  assert.deepEqual(heard, [2, 1, 2]);
});
