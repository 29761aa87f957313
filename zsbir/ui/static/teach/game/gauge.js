// The rank in large figures, and its way so far as a line.

import { make } from "../../results/words.js";
import { language, say } from "../../shared/say.js";
import { svg } from "../../shared/svg.js";
import { team } from "./board.js";
import { drawing, isOver } from "./match.js";
import { line } from "./turn.js";

const [WIDTH, HEIGHT] = [240, 60];

/** Show how the turn goes; between turns, how those of this round went. */
export function showGauge(gauge, { match, turn, limit, seconds }) {
  if (turn) gauge.replaceChildren(...going(match, turn, time(limit, seconds)));
  else if (isOver(match)) gauge.replaceChildren(); // the last round's ranks say nothing of who won the match
  else gauge.replaceChildren(gone(match));
}

function going(match, turn, left) {
  const rows = [make("p", "rank", figure(turn.rank)), make("p", "rank-of", below(turn))];
  if (match.teams === 2) rows.unshift(make("p", "whose", say("{team} draws", { team: team(drawing(match)) })));
  if (turn.way.length) rows.push(curve(turn), make("p", "rank-more", about(turn)));
  return [...rows, make("p", "rank-time", left)];
}

/** The rank of each turn so far; of two teams with their names, in the order of the result above. */
function gone({ teams, turns }) {
  const ranks = make("div", "ranks");
  for (const { team: which, rank, strokes } of [...turns].sort((a, b) => a.team - b.team)) {
    const part = ranks.appendChild(make("div", ""));
    if (teams === 2) part.append(make("p", "drew", team(which)));
    part.append(make("p", "rank", figure(rank)), make("p", "rank-of", reachedWith(rank, strokes)));
  }
  return ranks;
}

const figure = (rank) => (Number.isFinite(rank) ? rank.toLocaleString(language) : "–");

const reachedWith = (rank, strokes) => (Number.isFinite(rank) ? say("the best rank; strokes: {strokes}", { strokes }) : say("nothing was drawn"));

function below({ rank, of, whole }) {
  if (!Number.isFinite(rank)) return say("Draw the photo.");
  return whole ? say("of {of} photos in the gallery", { of }) : say("of {of} photos of its category", { of });
}

function about({ best, within, alike, strokes }) {
  return say("Best {best}; strokes: {strokes}; in its category: {within} of {alike}", { best, strokes, within, alike });
}

function time(limit, seconds) {
  if (!limit) return say("{seconds} s", { seconds: Math.floor(seconds) });
  return say("{seconds} s left", { seconds: Math.max(0, Math.ceil(limit - seconds)) });
}

function curve({ way, of, rank, best }) {
  const points = line(way, of, WIDTH, HEIGHT);
  const [cx, cy] = points.at(-1);
  const label = say("The rank so far: now {rank}, best {best}", { rank, best });
  return svg(
    "svg",
    { viewBox: `-4 -4 ${WIDTH + 8} ${HEIGHT + 8}`, role: "img", "aria-label": label },
    svg("polyline", { points: points.map((point) => point.join(",")).join(" ") }),
    svg("circle", { cx, cy, r: 4 }),
  );
}
