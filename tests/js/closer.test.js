// What unfolds when a photo is large: what scores say, what lights up, where ranks stand.

import assert from "node:assert/strict";
import { test } from "node:test";
import { harms, worth } from "../../zsbir/ui/static/closer/finding.js";
import { rankScale, steps } from "../../zsbir/ui/static/closer/scales.js";
import { lit, partAt, Similarity, tiled } from "../../zsbir/ui/static/closer/similarity.js";
import { frame, path } from "../../zsbir/ui/static/closer/sketch.js";

test("what a stroke is worth is said in the score's own digits", () => {
  assert.equal(worth(0.662, 0.072, 1), "Without this stroke the score falls from 0.662 to 0.590.");
  assert.match(worth(0.662, -0.01, 1), /rises from 0.662 to 0.672: it is against the photo/);
  assert.equal(worth(0.662, 0.0003, 1), "Without this stroke the score stays at 0.662.");
  assert.match(worth(0.5, 0.1, 3), /^Without these 3 strokes the score falls from 0.500 to 0.400/);
  assert.match(worth(0.5, -0.1, 3), /^Without these 3 strokes .* rises/);
  assert.ok(harms(0.662, -0.01));
  assert.ok(!harms(0.662, -0.0003), "what cannot be read is not dashed");
});

test("bytes become cosines from either side", () => {
  const text = btoa(String.fromCharCode(...new Uint8Array(Int8Array.of(10, -20, 30, 40, 50, -60).buffer)));
  const similarity = new Similarity(text, 3);
  assert.deepEqual(similarity.ofSketch(1), [0.4, 0.5, -0.6]);
  assert.deepEqual(similarity.ofPhoto(1), [-0.2, 0.5]);
});

test("the best part that counts is lit in full, the mean not at all", () => {
  const { levels, best, mean } = lit([0.9, 0.5, 0.1, 0.3], [false, true, true, true]);
  assert.equal(best, 1);
  assert.ok(Math.abs(mean - 0.3) < 1e-9);
  assert.deepEqual(levels.map((level) => +level.toFixed(6)), [0, 1, 0, 0]);
  const flat = lit([0.52, 0.5], [true, true]);
  assert.ok(flat.levels[0] < 0.2, "parts that hardly differ stay in the dark");
});

test("overlapping boxes are cut into tiles, each of which knows its parts", () => {
  const windows = [[0, 0, 0.75, 0.75], [0.25, 0, 1, 0.75], [0, 0.25, 0.75, 1], [0.25, 0.25, 1, 1]];
  const tiles = tiled(windows);
  assert.equal(tiles.length, 9);
  assert.deepEqual(tiles[0], { box: [0, 0, 0.25, 0.25], parts: [0] });
  assert.deepEqual(tiles[4].parts, [0, 1, 2, 3]);
  assert.equal(partAt(windows, 0.9, 0.1), 1);
  assert.deepEqual(tiled([[0, 0, 0.5, 1], [0.5, 0, 1, 1]]).map(({ parts }) => parts), [[0], [1]]);
});

test("ranks among many stand by magnitude, among few as they are; the best is at the top", () => {
  const many = rankScale(1522);
  assert.deepEqual(many.ticks, [1, 10, 100, 1522]);
  assert.equal(many.at(1), 0);
  assert.equal(many.at(1522), 1);
  assert.ok(Math.abs(many.at(39) - 0.5) < 0.01);
  const few = rankScale(11);
  assert.equal(few.at(6), 0.5);
  assert.deepEqual(few.ticks, [1, 5, 11]);
  assert.deepEqual(rankScale(1).ticks, [1]);
  assert.equal(rankScale(1).at(1), 0);
});

test("steps are round, and end where the axis does", () => {
  assert.deepEqual(steps(7, 8), [1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual(steps(64, 5), [1, 20, 40, 64]);
  assert.deepEqual(steps(1, 5), [1]);
});

test("a drawing fills its frame, and a dot has a path", () => {
  const [left, top, width, height] = frame([{ x: [100, 300], y: [50, 150] }]).split(" ").map(Number);
  assert.ok(left < 100 && left + width > 300 && top < 50 && width === height && width < 240);
  assert.equal(path({ x: [5], y: [6.04] }), "M5 6h.01");
  assert.equal(path({ x: [1, 2], y: [3, 4] }), "M1 3L2 4");
});
