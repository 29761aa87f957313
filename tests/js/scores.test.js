// The class's numbers, by hand.

import assert from "node:assert/strict";
import test from "node:test";

import { accuracy, averagePrecision, guessing, mean, precision, reciprocalRank } from "../../zsbir/ui/static/teach/scores/measures.js";
import { csv, found, means, measured } from "../../zsbir/ui/static/teach/scores/records.js";

const marks = (text) => [...text].map((mark) => mark === "1");
const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-12, `${a} is not ${b}`);

test("precision is a share of the first k, or of all where there are fewer", () => {
  near(precision(marks("1010000000"), 10), 0.2);
  near(precision(marks("10100"), 2), 0.5);
  near(precision(marks("110"), 10), 2 / 3);
  near(precision([], 10), 0);
});

test("the first photo decides accuracy, the first right one the reciprocal rank", () => {
  assert.deepEqual([accuracy(marks("10")), accuracy(marks("01")), accuracy([])], [1, 0, 0]);
  near(reciprocalRank(marks("0010010")), 1 / 3);
  near(reciprocalRank(marks("000")), 0);
});

test("average precision is over what was possible", () => {
  near(averagePrecision(marks("1010"), 2, 4), (1 / 1 + 2 / 3) / 2); // as zsbir.evaluation's own test
  near(averagePrecision(marks("001"), 2, 2), 0); // the one right photo lies past the cut-off
  near(averagePrecision(marks("1010"), 5, 4), (1 / 1 + 2 / 3) / 4); // five were right, four could be shown
  near(averagePrecision(marks("11"), 2, 10), 1);
  near(averagePrecision(marks("00"), 0, 10), 0);
});

test("guessing is the mean over every place that the one right photo can have", () => {
  for (const n of [1, 3, 12]) {
    const places = Array.from({ length: n }, (_, place) => Array.from({ length: n }, (_, i) => i === place));
    near(guessing(n).accuracy, mean(places.map(accuracy)));
    near(guessing(n).reciprocal, mean(places.map(reciprocalRank)));
  }
  near(guessing(3).reciprocal, 11 / 18);
});

test("the mean of nothing is not 0", () => {
  assert.equal(mean([]), null);
  near(mean([1, 0, 0.5]), 0.5);
});

const CUP = { meant: "cup", by: "Plain CLIP", drawing: 1, relevant: 3, strokes: [] };

test("a drawing is measured by what its photos show", () => {
  const row = measured({ ...CUP, photos: ["bowl", "cup", "cup", "mug"] });
  assert.deepEqual([row.kind, row.depth, row.accuracy, row.rank], ["category", 4, 0, 2]);
  assert.equal(measured({ ...CUP, photos: ["bowl"] }).rank, null);
  near(row.precision, 0.5);
  near(row.reciprocal, 0.5);
  near(row.average, (1 / 2 + 2 / 3) / 3);
});

test("a turn of the game is right when the very photo comes first", () => {
  const row = found({ meant: "chair", photo: "chair/a", rank: 4, by: "Deep dual", drawing: 2, strokes: [] });
  assert.deepEqual([row.accuracy, row.reciprocal, row.precision], [0, 0.25, undefined]);
  assert.equal(found({ meant: "chair", rank: 1 }).accuracy, 1);
});

test("each way to search has means of its own", () => {
  const rows = [
    measured({ ...CUP, photos: ["cup"] }),
    measured({ ...CUP, drawing: 2, photos: ["bowl"] }),
    measured({ ...CUP, by: "CLIP-AT", photos: ["cup"] }),
    found({ meant: "cup", rank: 2, depth: 2, by: "CLIP-AT" }),
    found({ meant: "cup", rank: 1, depth: 4, by: "CLIP-AT" }),
  ];
  const [plain, clipAt, game, guess, ...others] = means(rows);
  assert.deepEqual([plain.by, plain.rows, plain.accuracy, plain.precision], ["Plain CLIP", 2, 0.5, 0.5]);
  assert.deepEqual([clipAt.by, clipAt.kind, clipAt.rows], ["CLIP-AT", "category", 1]);
  assert.deepEqual([game.kind, game.reciprocal, game.precision], ["photo", 0.75, null]);
  assert.deepEqual([guess.kind, guess.rows, guess.accuracy, guess.precision, others], ["guess", 2, 0.375, null, []]);
  near(guess.reciprocal, (3 / 4 + 25 / 48) / 2);
});

test("the table that is saved quotes what it must, and starts no formula", () => {
  const rows = [{ ...measured({ ...CUP, photos: ["cup"] }), meant: '=1+"a", b' }, { ...found({ meant: "cup", rank: 3, depth: 5, place: 863, searched: 1522, by: "x" }), drawing: 2 }];
  const [head, one, two, end] = csv(rows).split("\r\n");
  assert.equal(head, "drawing,counts,meant,target,method,photos,P@10,Acc@1,AP,RR,rank,rank in gallery,photos in gallery");
  assert.equal(one, '1,category,"\'=1+""a"", b",,Plain CLIP,1,1,1,1,1,1,,');
  assert.equal(two, "2,photo,cup,,x,5,,0,,0.3333,3,863,1522");
  assert.equal(end, "");
});
