import assert from "node:assert/strict";
import test from "node:test";

import { choose, say } from "../../zsbir/ui/static/shared/say.js";

test("the first language that the page speaks is spoken", () => {
  assert.equal(choose(["ja", "fr-CA", "de"]), "fr");
  assert.equal(choose(["en-GB", "de"]), "en");
  assert.equal(choose(["ja"]), "en");
});

test("values are filled in, numbers as the language writes them", () => {
  assert.equal(say("{found} of {all} photos", { found: 3, all: 1522 }), "3 of 1,522 photos");
  assert.equal(say("no {such} value"), "no  value");
});
