import assert from "node:assert/strict";
import test from "node:test";

import { Pace } from "../../zsbir/ui/static/sheet/pace.js";

test("the first question is asked at once, the next after 150 ms", () => {
  const pace = new Pace();
  assert.equal(pace.wait(1000), 0);
  pace.ask(1, 1000);
  assert.equal(pace.wait(1000), 150);
  assert.equal(pace.wait(1100), 50);
  pace.answer(1, 1120); // quick answers change nothing
  assert.equal(pace.wait(1120), 30);
});

test("slow answers spare the server, and quick ones end that", () => {
  const pace = new Pace();
  pace.ask(1, 0);
  pace.ask(2, 150);
  pace.answer(2, 550); // 400 ms: three for each above 100
  assert.equal(pace.wait(550), 150 + 900 - 550);
  pace.answer(1, 9000); // an older answer that comes late counts no more
  pace.ask(3, 1050);
  pace.answer(3, 1100);
  assert.equal(pace.wait(1100), 100);
  pace.ask(4, 1200);
  pace.answer(4, 9200);
  assert.equal(pace.wait(9200), 0);
  pace.ask(5, 9200);
  assert.equal(pace.wait(9200), 1500); // however slow
});
