// What is agreed on before a game: the number that draws the photos, the teams, and the time.

import { make } from "../../results/words.js";
import { say } from "../../shared/say.js";

const HIGHEST = 999_999;
const BY_LOT = 9999; // up to which a number is easily said across a room
const TIMES = [0, 30, 60, 90];

const another = () => 1 + Math.floor(Math.random() * BY_LOT);

/**
 * A form that hands `start` {number, teams, seconds}.
 *
 * Its `chosen()` tells what is chosen; `countOn()` sets the number of the next game, which is the same on every screen.
 */
export function setup(start) {
  const form = make("form", "game-setup");
  const number = Object.assign(document.createElement("input"), { type: "number", min: 1, max: HIGHEST, value: another(), required: true });
  const teams = select([1, 2], { 1: say("one after the other"), 2: say("two teams, best of five") });
  const time = select(TIMES, { 0: say("as long as you like"), 30: say("30 seconds"), 60: say("60 seconds"), 90: say("90 seconds") });
  const begin = Object.assign(make("button", "act main", say("Begin")), { type: "submit" });

  form.append(
    make("p", "", say("A photo is drawn by lot. Draw it, and watch its rank among all photos. The best one counts, from the third stroke on.")),
    labelled(say("Number of the game"), "number", number),
    labelled(say("Who draws"), "teams", teams),
    labelled(say("Time for a turn"), "time", time),
    begin,
    make("p", "hint", say("Photos are drawn by this number: the same number draws the same ones on every screen with this gallery. Each game counts on by one.")),
  );
  form.chosen = () => ({ number: Number(number.value) || another(), teams: Number(teams.value), seconds: Number(time.value) });
  form.countOn = () => (number.value = (form.chosen().number % HIGHEST) + 1);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    start(form.chosen());
  });
  return form;
}

function select(values, names) {
  const chooser = document.createElement("select");
  for (const value of values) chooser.append(new Option(names[value], value));
  return chooser;
}

function labelled(text, name, field) {
  field.id = `zs-game-${name}`;
  const pair = make("div", "");
  pair.append(Object.assign(make("label", "", text), { htmlFor: field.id }), field);
  return pair;
}
