import assert from "node:assert/strict";
import test from "node:test";

import { beside, middles, placed } from "../../zsbir/ui/static/views/labels.js";
import { Pinch } from "../../zsbir/ui/static/views/pinch.js";
import { Plane } from "../../zsbir/ui/static/views/plane.js";

const X = [-10000, 0, 10000, 9000, 300];
const Y = [0, 5000, -5000, -4800, -200];

function plane() {
  const made = new Plane(X, Y);
  made.resize(600, 400);
  return made;
}

const near = (one, other) => one.every((value, i) => Math.abs(value - other[i]) < 1e-6);

test("all points are on the screen, up is up, and both axes have one measure", () => {
  const map = plane();
  const seen = X.map((x, i) => map.toScreen([x, Y[i]]));
  assert.ok(seen.every(([x, y]) => x >= 0 && x <= 600 && y >= 0 && y <= 400));
  assert.ok(seen[1][1] < seen[2][1]);
  const [origin, right, up] = [[0, 0], [1000, 0], [0, 1000]].map((place) => map.toScreen(place));
  assert.ok(Math.abs(right[0] - origin[0] - (origin[1] - up[1])) < 1e-6);
  assert.ok(near(map.toPlane(map.toScreen([123, -456])), [123, -456]));
});

test("what is under the pointer stays there when one comes nearer, and the whole map comes back", () => {
  const map = plane();
  const pixel = map.toScreen([300, -200]);
  const before = map.toScreen([0, 0]);
  map.near(4, pixel);
  assert.ok(near(map.toScreen([300, -200]), pixel));
  assert.deepEqual(map.inSight(), [4]);
  map.shift(40, 10);
  assert.ok(near(map.toScreen([300, -200]), [pixel[0] + 40, pixel[1] + 10]));
  map.near(0);
  assert.equal(map.zoom, 1);
  map.shift(40, 10);
  assert.ok(near(map.toScreen([0, 0]), before));
  assert.deepEqual(map.inSight(), [0, 1, 2, 3, 4]);
});

test("points are found by pointer, by arrow and by who is next to whom", () => {
  const map = plane();
  const [x, y] = map.toScreen([X[2], Y[2]]);
  assert.equal(map.at([x + 3, y], 12), 2);
  assert.equal(map.at([x, y + 60], 12), -1);
  assert.equal(map.next(4, 1, 0), 3); // right, and rather far than aslant
  assert.equal(map.next(0, -1, 0), 0); // nothing there
  assert.deepEqual(map.around(2, 3), [2, 3, 4]);
  map.near(8, [0, 0]);
  map.reveal([X[2], Y[2]]);
  const [seenX, seenY] = map.toScreen([X[2], Y[2]]);
  assert.ok(seenX > 0 && seenX < 600 && seenY > 0 && seenY < 400);
});

test("a plane of one point, or of none, is no trouble", () => {
  const one = new Plane([0], [0]);
  one.resize(100, 100);
  assert.deepEqual(one.toScreen([0, 0]), [50, 50]);
  assert.equal(new Plane([], []).at([0, 0], 10), -1);
});

const SCREEN = { width: 600, height: 400 };
const box = (text, x, y) => ({ text, x, y, width: 50, height: 18 });
const isApart = (one, other) => Math.abs(one.x - other.x) >= 50 || Math.abs(one.y - other.y) >= 18;

test("names stand in the middle of their photos, and none on another or over the edge", () => {
  const [cats] = middles({ x: [0, 100, 7], y: [0, 50, 7], of: [0, 0, 1], categories: ["cat", "dog"] });
  assert.deepEqual(cats, { number: 0, count: 2, place: [50, 25] });
  const kept = placed([box("a", 100, 100), box("b", 110, 104), box("c", 300, 100), box("d", 590, 100)], SCREEN);
  assert.deepEqual(kept.map(({ text }) => text), ["a", "c"]);
});

test("names of what the drawing finds stand beside their dots, off the ring, and fewer where it is crowded", () => {
  const dots = [[100, 100], [112, 104], [300, 100], [590, 200], ...Array.from({ length: 12 }, () => [100, 100])];
  const ring = { x: 130, y: 100, radius: 12 };
  const soft = dots.map(([x, y]) => ({ x, y, radius: 5 }));
  const kept = placed(dots.map(([x, y], i) => box(String(i), x, y)), SCREEN, { blocked: [ring], soft, tries: beside });
  const names = kept.map(({ text }) => text);
  assert.ok(["0", "1", "2", "3"].every((name) => names.includes(name)) && names.length < dots.length);
  const isOff = (one, { x, y, radius }) => Math.abs(one.x - x) >= 25 + radius * 0.7 || Math.abs(one.y - y) >= 9 + radius * 0.7;
  for (const one of kept) {
    assert.ok(kept.every((other) => other === one || isApart(one, other)));
    assert.ok([ring, ...soft].every((disc) => isOff(one, disc)));
    const [x, y] = dots[Number(one.text)];
    assert.ok(Math.abs(one.x - x) < 50 && Math.abs(one.y - y) < 35, "so far that nobody knows whose name it is");
    assert.ok(one.x + 25 <= SCREEN.width);
  }
});

test("the first names are there even where dots are all around, but never on the ring", () => {
  const around = Array.from({ length: 80 }, (_, i) => ({ x: 40 + (i % 10) * 13, y: 55 + Math.floor(i / 10) * 12, radius: 8 }));
  const ring = { x: 150, y: 100, radius: 12 };
  const crowd = ["first", "second", "third", "fourth"].map((text) => box(text, 100, 100));
  const kept = placed(crowd, SCREEN, { blocked: [ring], soft: around, tries: beside });
  assert.deepEqual(kept.map(({ text }) => text), ["first", "second", "third"]);
  assert.ok(kept.every(({ x, y }) => Math.abs(x - ring.x) >= 25 || Math.abs(y - ring.y) >= 9));
});

test("a photo whose dot lies under the ring is named past it", () => {
  const [kept] = placed([box("a", 100, 100)], SCREEN, { blocked: [{ x: 101, y: 101, radius: 12 }], tries: beside });
  assert.ok(Math.abs(kept.x - 101) - 25 >= 12 || Math.abs(kept.y - 101) - 9 >= 12);
});

test("what two fingers hold stays between them", () => {
  const pinch = new Pinch();
  assert.equal(pinch.down(1, [200, 200]), false);
  assert.equal(pinch.down(2, [300, 200]), true);
  assert.equal(pinch.down(3, [0, 0]), true);
  pinch.up(3);
  const map = plane();
  const held = map.toPlane([250, 200]);
  for (const [id, pixel] of [[1, [150, 220]], [2, [350, 260]]]) {
    const { factor, from, to } = pinch.move(id, pixel);
    map.near(factor, from);
    map.shift(to[0] - from[0], to[1] - from[1]);
  }
  assert.ok(Math.abs(map.zoom - Math.hypot(200, 40) / 100) < 1e-6);
  assert.ok(near(map.toScreen(held), [250, 240]));
  pinch.up(1);
  assert.equal(pinch.isOn, false);
});
