// The rules of the target game. A match is a plain value; every function returns the next one.
//
// Alone, one photo follows another. Two teams draw the same photo, one after the other, and the better rank wins the
// round; who began draws second in the next. Best of five.

export const ROUNDS = 5;

/** `number` decides the photos, `teams` is 1 or 2. */
export const begin = (number, teams) => ({ number, teams, round: 0, turns: [], wins: [0, 0], rounds: [] });

/** Whose turn it is: 0 or 1; null when the round is over. */
export function drawing({ teams, round, turns }) {
  if (turns.length >= teams) return null;
  return teams === 1 ? 0 : (round + turns.length) % 2;
}

/** The better of two turns {rank, strokes, seconds}: by rank, then by strokes, then by time; 0 if they are equal. */
export function better(a, b) {
  return a.rank - b.rank || a.strokes - b.strokes || Math.floor(a.seconds) - Math.floor(b.seconds);
}

/** A turn is over. A turn in which nothing was drawn has the rank Infinity. */
export function take(match, turn) {
  const team = drawing(match);
  if (team === null) return match;
  const turns = [...match.turns, { ...turn, team }];
  if (turns.length < match.teams) return { ...match, turns };
  const won = winner(turns);
  const wins = match.wins.map((count, team) => count + (team === won ? 1 : 0));
  return { ...match, turns, wins, rounds: [...match.rounds, { turns, won }] };
}

/** Which team's turn was better; null for a draw, and for one team. */
function winner(turns) {
  if (turns.length < 2) return null;
  const [a, b] = turns;
  const order = a.rank === b.rank && a.rank === Infinity ? 0 : better(a, b);
  if (order === 0) return null;
  return order < 0 ? a.team : b.team;
}

/** The turn of this round that won it; the newest one while nobody has. */
export function bestTurn({ teams, turns, rounds }) {
  const won = turns.length === 2 && teams === 2 ? rounds.at(-1).won : null;
  return turns.find(({ team }) => team === won) ?? turns.at(-1);
}

/** On to the next photo; a match of two teams that is decided stays as it is. */
export function next(match) {
  if (isOver(match)) return match;
  return { ...match, round: match.round + 1, turns: [] };
}

/** Whether two teams have played enough: five rounds, or three won by one. */
export function isOver({ teams, rounds, wins }) {
  return teams === 2 && (rounds.length >= ROUNDS || Math.max(...wins) > ROUNDS / 2);
}

/** 0 or 1, or null while nobody leads. */
export const leader = ({ wins: [a, b] }) => (a === b ? null : Number(b > a));
