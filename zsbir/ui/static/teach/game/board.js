// Who has won what: the rounds of a game as a table.

import { make } from "../../results/words.js";
import { say } from "../../shared/say.js";
import { isOver, leader } from "./match.js";

/** What team 0 or 1 is called. */
export const team = (number) => (number === 0 ? say("Team A") : say("Team B"));

/** Show how a match of two teams stands; nothing before the first round is over. */
export function showResult(part, match) {
  part.replaceChildren();
  if (!hasRounds(match)) return;
  const [one, two] = match.wins;
  const result = part.appendChild(make("p", "result", say("Team A {one} : {two} Team B", { one, two })));
  result.setAttribute("role", "status");
  if (isOver(match)) part.append(make("p", "verdict", verdict(match)));
}

/** Show the rounds of a match of two teams, as far as they are over. */
export function showBoard(board, match) {
  board.replaceChildren(...(hasRounds(match) ? [rounds(match)] : []));
}

const hasRounds = (match) => match?.rounds.length > 0 && match.teams === 2;

function verdict(match) {
  const first = leader(match);
  return first === null ? say("Nobody is ahead: well drawn, both.") : say("{team} wins the game.", { team: team(first) });
}

function rounds(match) {
  const table = make("table", "rounds");
  const head = table.createTHead().insertRow();
  for (const title of [say("Round"), team(0), team(1)]) head.append(Object.assign(make("th", "", title), { scope: "col" }));
  const body = table.createTBody();
  match.rounds.forEach(({ turns, won }, i) => {
    const row = body.insertRow();
    row.append(Object.assign(make("th", "", String(i + 1)), { scope: "row" }));
    for (const which of [0, 1]) {
      const turn = turns.find((one) => one.team === which);
      row.append(make("td", which === won ? "won" : "", reachedBy(turn, which === won)));
    }
  });
  return table;
}

function reachedBy({ rank, strokes, seconds }, won) {
  if (!Number.isFinite(rank)) return say("nothing drawn");
  const values = { rank, strokes, seconds: Math.round(seconds) };
  return won ? say("won: rank {rank}, strokes {strokes}, {seconds} s", values) : say("rank {rank}, strokes {strokes}, {seconds} s", values);
}
