// What is said of photos: places, leads, and what drawing and word gave.

import assert from "node:assert/strict";
import { test } from "node:test";

await import("../../zsbir/ui/static/shared/say.js"); // speaks English where there is no document yet
globalThis.document = { createElement: (tag) => ({ tag }) };
const { numbers, place, stressed } = await import("../../zsbir/ui/static/results/words.js");
const { categories, heading } = await import("../../zsbir/ui/static/results/heading.js");
const { lifted, most, Standing } = await import("../../zsbir/ui/static/results/standing.js");

const photo = (category, above, more = {}) => ({ category, above, sketch: above, word: null, ...more });
const text = (nodes) => nodes.map((node) => node.textContent ?? node).join("");

test("a place is a share of many photos, never none, and a number among few", () => {
  assert.equal(place({ rank: 1, percentile: 100, searched: 1522 }), "top 0.1 %");
  assert.equal(place({ rank: 24, percentile: 100 - (100 * 23) / 1522, searched: 1522 }), "top 1.6 %");
  assert.equal(place({ rank: 400, percentile: 60.1, searched: 1000 }), "top 40 %");
  assert.equal(place({ rank: 1, percentile: 100, searched: 1e6 }), "top 0.1 %");
  assert.equal(place({ rank: 3, percentile: 94, searched: 34 }), "3 of 34");
  assert.equal(place({}), "");
});

test("the headline tells how far the first category is ahead of the next, not of its own photos", () => {
  const ahead = (lead, more) => text(categories({ photos: [photo("mug", 4), photo("mug", 3.99), photo("cup", 4 - lead), photo("vase", 1)], ...more }));
  assert.equal(ahead(1), "mug, clearly ahead");
  assert.equal(ahead(0.99), "mug, then cup and vase");
  assert.equal(ahead(0.2), "mug, then cup and vase");
  assert.equal(ahead(0.19), "mug or cup, close together");
  assert.equal(ahead(0.19, { word: "red" }), "mug, with the word “red”");
  assert.equal(text(categories({ photos: [photo("mug", 4), photo("beer_mug", 3.5)] })), "mug, then beer mug");
  assert.equal(text(categories({ photos: [photo("mug", 4)] })), "mug");
  assert.equal(text(categories({ photos: [photo("", 4)] })), "The closest photos");
});

test("what stands out in a sentence becomes an element, whatever it holds", () => {
  const [first, rest] = stressed("{first}, then {second}", { first: "<b>{second}" }, { second: "x" }).filter(Boolean);
  assert.deepEqual([first.tag, first.textContent, rest], ["b", "<b>{second}", ", then x"]);
});

test("drawing and word share what lifted a photo", () => {
  assert.equal(lifted({ above: 3, sketch: 2, word: 1 }), "drawing");
  assert.equal(lifted({ above: 3, sketch: 1, word: 2 }), "word");
  assert.equal(lifted({ above: 2.5, sketch: 1, word: 1.5 }), "both");
  assert.equal(lifted({ above: 1, sketch: 3, word: -2 }), "drawing");
  assert.equal(lifted({ above: -2, sketch: 1, word: -3 }), "neither");
  assert.equal(most([{ above: 3 }, { above: 0.5 }]), 3);
  assert.ok(most([{}]) > 0);
});

test("a bar is as long as its photo stands out, whatever drawing and word gave of it", () => {
  const styles = {};
  document.createElement = () => ({ append: () => {}, style: { setProperty: (name, value) => (styles[name] = value) } });
  new Standing().show({ above: 2, sketch: 3, word: -1, score: 0.3, searched: 9, rank: 1 }, 4);
  assert.deepEqual(styles, { "--drawing": 0.5, "--word": 0 });
  new Standing().show({ above: 4, sketch: 1, word: 3, score: 0.3, searched: 9, rank: 1 }, 4);
  assert.deepEqual(styles, { "--drawing": 0.25, "--word": 0.75 });
});

test("of few photos only the order is told, for of two one is always above their mean and one below", () => {
  const styles = {};
  const made = [];
  document.createElement = () => {
    const element = { append: () => {}, style: { setProperty: (name, value) => (styles[name] = value) } };
    made.push(element);
    return element;
  };
  const shown = (photo) => {
    made.length = 0;
    new Standing().show(photo, 1);
    return [made[0].hidden, made[1].textContent];
  };
  const one = { above: 1, sketch: 1, word: null, lead: 2, score: 0.3, searched: 2, rank: 1 };
  assert.deepEqual(shown(one), [true, "1 of 2"]);
  assert.equal(numbers(one), "1 of 2; cosine 0.300");
  assert.deepEqual(shown({ ...one, word: 1 }), [true, "1 of 2"]);
  assert.deepEqual(shown({ ...one, searched: 8 }), [false, "1 of 8"]);
  const part = () => ({ replaceChildren: () => {}, classList: { toggle: () => {} } });
  const note = (searched) => {
    const parts = { h2: part(), ".note": part(), ".doubt": part(), ".legend": part() };
    heading({ querySelector: (name) => parts[name] }, { mode: "fine-grained", category: "cup", photos: [one], notes: [], by: "X", searched });
    return parts[".note"].textContent;
  };
  assert.match(note(2), /Of so few, only the order is told\.$/);
  assert.match(note(8), /The bars: how far each stands out from the average photo\.$/);
  assert.match(note(1), /The only photo of this category\.$/);
});

test("the line of numbers has what is known, and no more", () => {
  const known = { rank: 2, score: 0.31234, percentile: 99.9, searched: 50, lead: 0.25, sketch: 3, word: null };
  assert.equal(numbers(known), "2 of 50, 0.3 standard deviations ahead of the next photo; cosine 0.312");
  assert.equal(numbers({ ...known, lead: null }), "2 of 50; cosine 0.312");
  assert.match(numbers({ ...known, word: 1.23 }), /the drawing lifts it by 3.0 and the word by 1.2 standard/);
  assert.equal(numbers({ score: 0.3, percentile: 98.76 }), "cosine 0.300, percentile 98.8");
  assert.equal(numbers({}), "");
});
