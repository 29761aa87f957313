import assert from "node:assert/strict";
import test from "node:test";

import { choose, say } from "../../zsbir/ui/static/shared/say.js";

test("the address is asked first, then the browser, in its order", () => {
  assert.equal(choose({ search: "?lang=de" }, ["fr-FR"]), "de");
  assert.equal(choose({ search: "?lang=xx" }, ["ja", "fr-CA", "de"]), "fr");
  assert.equal(choose({ search: "" }, ["en-GB", "de"]), "en");
  assert.equal(choose({ search: "" }, ["ja"]), "en");
});

test("values are filled in, numbers as the language writes them", () => {
  assert.equal(say("{found} of {all} photos", { found: 3, all: 1522 }), "3 of 1,522 photos");
  assert.equal(say("no {such} value"), "no  value");
});
