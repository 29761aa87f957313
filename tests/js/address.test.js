// Addresses: what a link carries, and what stays when the next person comes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readLink, withoutDrawing, writeLink } from "../../zsbir/ui/static/sheet/address.js";

const PLACE = { origin: "http://here", pathname: "/page" };
const STROKES = [{ x: [100, 500], y: [100, 500], t: [0, 100] }];

test("a link carries the word and its weight, even none", async () => {
  const settings = { mode: "category", method: "plain", gallery: "everyday", category: null, word: "a red apple", weight: 0 };
  const link = new URL(await writeLink(PLACE, STROKES, settings, false));
  const read = await readLink(link);
  assert.deepEqual(read.settings, { mode: "category", method: "plain", gallery: "everyday", word: "a red apple", weight: "0" });
  assert.equal(read.strokes.length, 1);
});

test("without a word a link has no weight", async () => {
  const link = await writeLink(PLACE, [], { mode: "category", word: null, weight: null }, true);
  assert.equal(link, "http://here/page?mode=category");
});

test("drawing and word go, settings stay", () => {
  const address = { pathname: "/page", search: "?method=splip&word=x", hash: "#draw=abc&word=apple&weight=0.5&mode=category" };
  assert.equal(withoutDrawing(address), "/page?method=splip#mode=category");
});
