// The class: its game, its measures and its ways to break a search, by hand.

import assert from "node:assert/strict";
import test from "node:test";

import { begin, bestTurn, better, drawing, isOver, leader, next, take } from "../../zsbir/ui/static/teach/game/match.js";
import { line, reached, START } from "../../zsbir/ui/static/teach/game/turn.js";
import { LENGTHS, STEPS, stepsOf } from "../../zsbir/ui/static/teach/lesson/steps.js";
import { HARM } from "../../zsbir/ui/static/teach/limits/harm.js";
import { LACKING } from "../../zsbir/ui/static/teach/limits/lacking.js";
import { letters, written } from "../../zsbir/ui/static/teach/limits/letters.js";
import { withProjector } from "../../zsbir/ui/static/teach/projector.js";
import { handedOver } from "../../zsbir/ui/static/teach/room.js";

const turn = (rank, strokes = 5, seconds = 9) => ({ rank, strokes, seconds });
const play = (match, ...turns) => turns.reduce(take, match);

// ---- the lesson

test("the lessons are as long as they say, and the shorter ones are parts of the longer", () => {
  for (const minutes of LENGTHS) {
    const steps = stepsOf(minutes);
    assert.equal(steps.reduce((sum, step) => sum + step.minutes, 0), minutes);
    assert.ok(steps.every((step) => stepsOf(45).includes(step)));
  }
  assert.deepEqual(LENGTHS.map((minutes) => stepsOf(minutes).length), [6, 9, 14]);
});

test("every step asks, answers and does something", () => {
  for (const step of STEPS.slice(0, -1)) {
    for (const text of ["title", "say", "ask", "reveal"]) assert.ok(step[text].length > 3, step.title);
    assert.match(step.ask, /\?|\.$/);
    assert.ok(step.begin.length && step.deeds.every(({ label, actions }) => label && actions.length), step.title);
  }
});

test("every lesson ends with three sentences on what was seen, and two ways to go on", () => {
  for (const minutes of LENGTHS) {
    const last = stepsOf(minutes).at(-1);
    assert.equal(last.say.split(/(?<=\.) /).length, 3);
    assert.deepEqual(last.deeds.map(({ actions }) => actions.at(-1)), [{ view: "class", part: "game" }, { tool: "clear" }]);
    assert.equal(last.reveal, undefined);
  }
});

// ---- the game

test("two teams draw the same photo, and who began draws second in the next round", () => {
  const first = begin(7, 2);
  assert.equal(drawing(first), 0);
  const between = take(first, turn(12));
  assert.equal(drawing(between), 1);
  const over = take(between, turn(3));
  assert.deepEqual([drawing(over), over.wins, over.rounds[0].won], [null, [0, 1], 1]);
  assert.equal(take(over, turn(1)), over); // nobody draws any more
  const second = next(over);
  assert.deepEqual([second.round, drawing(second)], [1, 1]);
  assert.deepEqual(play(second, turn(2), turn(9)).wins, [0, 2]); // team B began and was better
});

test("three rounds that one team wins decide, else five are played", () => {
  let match = begin(1, 2);
  for (let round = 0; round < 3; round++) {
    assert.equal(isOver(match), false);
    const [one, two] = drawing(match) === 0 ? [turn(1), turn(8)] : [turn(8), turn(1)];
    match = next(play(match, one, two));
  }
  assert.deepEqual([isOver(match), match.wins, leader(match), match.round], [true, [3, 0], 0, 2]);
  let even = begin(1, 2);
  for (let round = 0; round < 5; round++) even = next(play(even, turn(4), turn(4)));
  assert.deepEqual([isOver(even), leader(even), even.wins], [true, null, [0, 0]]);
});

test("a better rank wins, then fewer strokes, then less time; nothing drawn loses, and twice is a draw", () => {
  assert.ok(better(turn(1, 50), turn(2, 1)) < 0);
  assert.ok(better(turn(2, 6), turn(2, 5)) > 0);
  assert.ok(better(turn(2, 5, 20), turn(2, 5, 30)) < 0);
  assert.equal(better(turn(2, 5, 20.1), turn(2, 5, 20.9)), 0);
  const nothing = turn(Infinity, 0, 0);
  assert.deepEqual(play(begin(1, 2), nothing, turn(900)).wins, [0, 1]);
  assert.deepEqual(play(begin(1, 2), nothing, nothing).wins, [0, 0]);
});

test("the best drawing of a round is the winner's, whoever drew last", () => {
  const teams = begin(1, 2);
  assert.equal(bestTurn(play(teams, turn(5))).rank, 5);
  assert.deepEqual([bestTurn(play(teams, turn(5), turn(9))).rank, bestTurn(play(teams, turn(9), turn(5))).rank], [5, 5]);
  assert.equal(bestTurn(play(teams, turn(5), turn(5))).team, 1); // a draw
  assert.equal(bestTurn(play(begin(1, 1), turn(8))).rank, 8);
});

test("alone, photo follows photo without an end", () => {
  let match = begin(3, 1);
  for (let round = 0; round < 9; round++) {
    assert.equal(drawing(match), 0);
    match = next(take(match, turn(round + 1)));
  }
  assert.deepEqual([match.round, isOver(match), leader(match)], [9, false, null]);
});

test("the best moment from the third stroke on stays, with the drawing that reached it", () => {
  const moments = [[40, 1], [7, 2], [9, 3], [7, 4], [3, 5]];
  const after = moments.map((_, i) =>
    moments.slice(0, i + 1).reduce((so, [rank, strokes]) => reached(so, { rank, strokes, within: 1, seconds: strokes, sheet: strokes }), START),
  );
  assert.deepEqual(after.map(({ best }) => best), [40, 7, 9, 7, 3]);
  assert.deepEqual([after[3].strokes, after[3].sheet, after[3].rank], [4, 4, 7]);
  assert.deepEqual(after[4].way, [40, 7, 9, 7, 3]);
});

test("the curve puts rank 1 at the top and the last of all at the foot", () => {
  assert.deepEqual(line([1000, 1], 1000, 100, 60), [[0, 60], [100, 0]]);
  assert.deepEqual(line([10], 1000, 100, 60).map(([x, y]) => [x, Math.round(y)]), [[0, 20]]);
});

// ---- breaking it

const L = [{ x: [100, 100, 200], y: [100, 300, 300], t: [0, 1, 2] }];

test("changes to a drawing are what they say, and leave it alone", () => {
  const copy = structuredClone(L);
  assert.deepEqual(HARM.upsideDown(L)[0].y, [300, 100, 100]);
  assert.deepEqual(HARM.mirrored(L)[0].x, [200, 200, 100]);
  assert.deepEqual(HARM.flattened(L)[0].y.map(Math.round), [165, 235, 235]);
  assert.deepEqual(HARM.narrowed(L)[0].x.map((x) => +x.toFixed(1)), [132.5, 132.5, 167.5]);
  assert.deepEqual([HARM.tiny(L)[0].x, HARM.tiny(L)[0].y].map((values) => values.map(Math.round)), [[40, 40, 85], [40, 130, 130]]);
  assert.deepEqual(HARM.tinyWithDot(L).at(-1), { x: [560], y: [560] });
  assert.equal(HARM.sketchy(L).length, 3);
  assert.deepEqual(HARM.scribbledOver(L)[0], L[0]);
  assert.deepEqual(HARM.dashed([{ x: [0, 1, 2, 3, 4, 5, 6], y: [0, 0, 0, 0, 0, 0, 0] }, { x: [9], y: [9] }]), [
    { x: [0, 1], y: [0, 0] },
    { x: [3, 4], y: [0, 0] },
    { x: [9], y: [9] },
  ]);
  assert.deepEqual(L, copy);
});

test("turning twice gives the drawing back, also where it lies off the middle", () => {
  for (const name of ["upsideDown", "mirrored"]) {
    const twice = HARM[name](HARM[name](L));
    assert.deepEqual(twice, L);
  }
});

test("words are written across the sheet; what has no letters is not", () => {
  assert.deepEqual(letters("Füchse 2!"), ["F", "U", "C", "H", "S", "E"]);
  assert.equal(letters("abcdefghijklmnop").length, 10);
  assert.deepEqual(written("?"), []);
  for (const word of ["I", "CAT", "STRAWBERRY", "ABCDEFGHIJ", "KLMNOPQRST", "UVWXYZ"]) {
    const points = written(word).flatMap(({ x, y }) => x.concat(y));
    assert.ok(Math.min(...points) >= 49.9 && Math.max(...points) <= 550.1, word);
    assert.ok(written(word).length >= word.length);
  }
});

test("drawings of what the gallery lacks stay on the sheet", () => {
  for (const { name, strokes } of LACKING) {
    const points = strokes.flatMap(({ x, y }) => x.concat(y));
    assert.ok(Math.min(...points) > 0 && Math.max(...points) < 600, name);
    assert.ok(points.every(Number.isFinite) && strokes.every(({ x, y }) => x.length === y.length));
  }
});

// ---- the room

test("only what the teacher ticked goes along to the next pupil", () => {
  const room = { part: "game", game: 2, lesson: { minutes: 20, step: 3 }, records: [1], examples: [1] };
  assert.deepEqual(handedOver({ ...room, keeps: { lesson: false, records: false } }), { keeps: { lesson: false, records: false } });
  assert.deepEqual(handedOver({ ...room, keeps: { lesson: true, records: false } }).lesson, { minutes: 20, step: 3 });
  assert.deepEqual(Object.keys(handedOver({ ...room, keeps: { lesson: true, records: true } })), ["keeps", "lesson", "records"]);
});

test("the address asks for a projector, and keeps what else it says", () => {
  assert.equal(withProjector("", true), "?projector");
  assert.equal(withProjector("?lang=de", true), "?lang=de&projector");
  assert.equal(withProjector("?projector=&lang=de", false), "?lang=de");
  assert.equal(withProjector("?projector", false), "");
});
