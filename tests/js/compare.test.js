import assert from "node:assert/strict";
import test from "node:test";

import { following } from "../../zsbir/ui/static/shared/following.js";
import { all, beside, MOST, sign, told, withWay } from "../../zsbir/ui/static/views/lanes.js";

const PLAIN = { method: "plain", mode: "category" };
const OURS = { method: "deep-dual", mode: "fine-grained" };

test("one question is under way, and of those that come meanwhile only the newest is asked", async () => {
  const asked = [];
  const used = [];
  let answer;
  const call = (question) => {
    asked.push(question);
    return new Promise((resolve, reject) => (answer = { resolve, reject }));
  };
  const complaints = [];
  const follow = following(call, (result, question) => used.push([result, question]), (said) => complaints.push(said));
  const tick = () => new Promise((resolve) => setTimeout(resolve));
  for (const question of [1, 2, 3]) follow(question);
  assert.deepEqual(asked, [1]);
  answer.resolve("a");
  await tick();
  assert.deepEqual(asked, [1, 3]);
  answer.reject(new Error("Busy."));
  await tick();
  follow(4); // a failure stops nothing
  answer.resolve("d");
  await tick();
  assert.deepEqual(used, [["a", 1], ["d", 4]]);
  assert.deepEqual(complaints, ["Busy."]);
});

test("no lane stands twice, and none beside itself", () => {
  assert.deepEqual(beside({ ...PLAIN, gallery: "everyday", category: null }, [PLAIN, OURS]), [OURS]);
  assert.deepEqual(withWay([OURS], OURS), [OURS]);
  const many = Array.from({ length: MOST + 3 }, (_, i) => ({ method: `m${i}`, mode: "category" }));
  assert.equal(many.reduce(withWay, []).length, MOST - 1);
  const ways = [{ ...PLAIN, note: "", name: "Plain CLIP" }, { ...OURS, note: "It has no checkpoint.", name: "Deep dual" }];
  assert.deepEqual(all(ways), [PLAIN]);
});

test("a photo that moved says so by a sign and in words", () => {
  const said = (moved) => [sign(moved), told({ rank: 2, category: "desk_lamp", moved }, false)];
  assert.deepEqual(said(1200), ["↑1,200", "2. desk lamp: places higher than in the first lane: 1,200"]);
  assert.deepEqual(said(-1), ["↓1", "2. desk lamp: places lower than in the first lane: 1"]);
  assert.deepEqual(said(0), ["", "2. desk lamp: same place as in the first lane"]);
  assert.deepEqual(said(null), ["new", "2. desk lamp: the first lane did not search it"]);
  assert.equal(told({ rank: 2, category: "desk_lamp", moved: 5 }, true), "2. desk lamp");
});
