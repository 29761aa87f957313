import assert from "node:assert/strict";
import test from "node:test";

import { GROUPS, groupOf, isNamed, summary } from "../../zsbir/ui/static/views/groups.js";

const CAT = { name: "cat", status: "sketches", never_drawn: false };
const LAMP = { name: "desk_lamp", status: "not by it", never_drawn: false };
const COW = { name: "cow", status: "not by it", never_drawn: true };
const ZERO_SHOT = "Zero-shot: to find what nobody drew.";

test("a category is in the narrowest group that holds, and counts in the wider ones", () => {
  assert.deepEqual([CAT, LAMP, COW].map((one) => groupOf(one).name), ["learnt", "unseen", "undrawn"]);
  assert.equal(groupOf({ ...CAT, status: "unknown", never_drawn: true }).name, "unknown"); // nothing is claimed
  const counts = GROUPS.map(({ name, has }) => [name, [CAT, LAMP, COW].filter(has).length]);
  assert.deepEqual(Object.fromEntries(counts), { all: 3, learnt: 1, unknown: 0, unseen: 2, undrawn: 1 });
});

test("names are found however they are joined", () => {
  assert.ok(["Lamp", " desk lamp ", "desk_l", "DESK-LAMP", ""].every((typed) => isNamed(LAMP, typed)));
  assert.ok(!isNamed(LAMP, "lamp desk"));
});

test("the summary tells what is known, and what is not", () => {
  const answer = { categories: [CAT, LAMP, COW], by: "Ours", note: "", zero_shot: ZERO_SHOT, backbone: "small" };
  assert.equal(
    summary({ ...answer, backbone_says: "It saw photos." }),
    `${ZERO_SHOT} Ours learnt from sketches of 1 of these 3 categories. Below it lies the frozen backbone small. It saw photos.`,
  );
  const dark = [{ ...CAT, status: "unknown" }];
  assert.equal(
    summary({ ...answer, categories: dark, note: "Plain ranks.", backbone_says: "" }),
    `${ZERO_SHOT} Plain ranks. Nothing here tells which categories Ours learnt from. Below it lies the frozen backbone small; what that saw, nothing here tells.`,
  );
});
