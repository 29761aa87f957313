// The rank in large figures, and its way so far as a line.

import { make } from "../../results/words.js";
import { language, say } from "../../shared/say.js";
import { svg } from "../../shared/svg.js";
import { team } from "./board.js";
import { drawing } from "./match.js";
import { line } from "./turn.js";

const [WIDTH, HEIGHT] = [240, 60];

/** Show how the turn goes; between turns, how the last one went. */
export function showGauge(gauge, { match, turn, limit, seconds }) {
  const last = match.turns.at(-1);
  const shown = turn ?? { rank: last.rank, best: last.rank, strokes: last.strokes, way: [], of: 0 };
  const rows = [make("p", "rank", figure(shown.rank)), make("p", "rank-of", below(shown, turn))];
  if (turn && match.teams === 2) rows.unshift(make("p", "whose", say("{team} draws", { team: team(drawing(match)) })));
  if (turn?.way.length) rows.push(curve(turn), make("p", "rank-more", about(turn)));
  if (turn) rows.push(make("p", "rank-time", time(limit, seconds)));
  gauge.replaceChildren(...rows);
}

const figure = (rank) => (Number.isFinite(rank) ? rank.toLocaleString(language) : "–");

function below({ rank, of, whole, strokes }, turn) {
  if (!turn) return Number.isFinite(rank) ? say("the best rank; strokes: {strokes}", { strokes }) : say("nothing was drawn");
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
