// Links: what is encoded comes back, and what is damaged is told.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, encode, LONGEST } from "../../zsbir/ui/static/sheet/strokes/link.js";

const ZIGZAG = [
  { x: [100, 200, 300], y: [500, 100, 500], t: [0, 100, 300] },
  { x: [-20, 640], y: [3, 4], t: [800, 900] },
  { x: [300], y: [300], t: [1000] },
];

test("a drawing comes back point by point, with the times of its strokes", async () => {
  const back = await decode(await encode(ZIGZAG));
  assert.deepEqual(
    back.map(({ x, y }) => ({ x, y })),
    ZIGZAG.map(({ x, y }) => ({ x, y })),
  );
  assert.deepEqual(
    back.map(({ t }) => [t[0], t.at(-1)]),
    [[0, 300], [800, 900], [1000, 1000]],
  );
});

test("a crowded drawing is simplified, and one that stays too large is refused", async () => {
  const noise = (i) => 300 + 290 * Math.sin(i * i * 12.9898);
  const scribble = (points) => [{ x: Array.from({ length: points }, (_, i) => noise(i)), y: Array.from({ length: points }, (_, i) => noise(i + 0.5)) }];
  assert.ok((await encode(scribble(500))).length <= LONGEST);
  assert.equal(await encode(scribble(15000)), null);
});

test("damaged and foreign links say so", async () => {
  const text = await encode(ZIGZAG);
  await assert.rejects(decode(text.slice(0, -12)), /damaged/);
  await assert.rejects(decode("%%%"), /another version/);
  await assert.rejects(decode(`Ag${text.slice(2)}`), /another version/);
});
