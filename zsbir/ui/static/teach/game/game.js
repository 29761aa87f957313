// The target game: draw a photo that was drawn by lot, and watch its rank.

import { make, words } from "../../results/words.js";
import { ask, newest } from "../../shared/ask.js";
import { now } from "../../shared/question.js";
import { say } from "../../shared/say.js";
import { following } from "../../shared/following.js";
import { listen, tell } from "../../shared/signals.js";
import { room } from "../room.js";
import { showBoard, showResult, team } from "./board.js";
import { showGauge } from "./gauge.js";
import { begin, bestTurn, drawing, isOver, next, take } from "./match.js";
import { setup } from "./setup.js";
import { reached, START } from "./turn.js";

const TICK = 250; // milliseconds

/** Fill the Class tab's second part. */
export function mountGame(part) {
  const chooser = part.appendChild(setup(start));
  const stage = part.appendChild(make("div", "game-stage"));
  stage.hidden = true;
  const plate = stage.appendChild(make("figure", "target"));
  const side = stage.appendChild(make("div", "game-side"));
  const result = side.appendChild(make("div", "game-result"));
  const gauge = side.appendChild(make("div", "gauge"));
  const acts = side.appendChild(make("p", "game-acts"));
  const trouble = side.appendChild(make("p", "complaint"));
  trouble.setAttribute("role", "alert");
  const numbered = side.appendChild(make("p", "hint"));
  const board = part.appendChild(make("div", "board"));

  let match = null;
  let lot = null; // the photo of this round, and how many it is among
  let turn = null; // null between turns
  let limit = 0; // seconds of a turn, 0 for as long as one likes
  let inked = 0; // when the first line of this turn was begun
  let since = 0; // number of the clean sheet that this turn began with
  let ending = false; // while the last drawing of a turn is looked at
  const complain = (sentence) => (trouble.textContent = sentence);
  const follow = following((photo, sheet) => ask("rank", { photo, sheet }), measure, complain);
  const load = newest(() => ask("target", { more: { number: match.number, turn: match.round } }), present, complain);

  function start({ number, teams, seconds }) {
    [match, limit] = [begin(number, teams), seconds];
    numbered.textContent = say("Game number {number}", { number: String(number) });
    chooser.countOn();
    [chooser.hidden, stage.hidden] = [true, false];
    load();
  }

  function present(drawn) {
    if (!match) return; // ended meanwhile
    lot = drawn;
    const { photo, within } = lot;
    const image = Object.assign(make("img", ""), { src: `${photo.url}?side=1600`, alt: say("The photo to draw") });
    const name = say("{photo}, one of {within} photos of its category", { photo: photo.title || words(photo.category), within });
    plate.replaceChildren(image, make("figcaption", "", name));
    ready();
    stage.scrollIntoView({ block: "nearest" });
    document.querySelector("#zs-pad canvas").scrollIntoView({ block: "nearest" }); // first, where both have no room
  }

  /** A clean sheet for whose turn it is; nobody can go back to what the turn before has drawn. */
  function ready() {
    [turn, inked, trouble.textContent] = [START, 0, ""];
    tell("tool", { name: match.round || match.turns.length ? "forget" : "clear" });
    since = now.sheet?.seq ?? 0;
    show();
  }

  function measure(found, photo, sheet) {
    if (!turn || photo !== lot.photo.id || sheet.seq <= since) return;
    const rank = found.rank ?? found.rank_within;
    const about = { rank, within: found.rank_within, strokes: sheet.strokes.length, seconds: seconds(), sheet };
    const whole = found.rank !== null;
    const amounts = { of: whole ? found.searched : found.within, whole, alike: found.within };
    turn = { ...reached(turn, about), ...amounts };
    show();
  }

  const seconds = () => (inked ? (performance.now() - inked) / 1000 : 0);

  /** The turn is over: what was best counts, the drawing as it stands among it. */
  async function done() {
    if (ending) return;
    ending = true;
    acts.firstChild.disabled = true;
    const [mine, photo, sheet] = [since, lot.photo.id, now.sheet];
    try {
      if (inked && !now.empty) measure(await ask("rank", { photo, sheet }), photo, sheet);
    } catch (error) {
      complain(error.message);
    }
    ending = false;
    if (turn && since === mine) count();
  }

  function count() {
    const { best, within, strokes, seconds, sheet } = turn;
    match = take(match, { rank: best, within, strokes, seconds, sheet });
    if (sheet) tell("turn", { photo: lot.photo, ...ranks(), strokes: sheet.strokes, by: now.answer?.by ?? now.settings.method });
    turn = null;
    show();
    stage.scrollIntoView({ block: "nearest" }); // the result stands at its head, the button that was pressed at its foot
  }

  /** Where the best drawing brought the photo: in its category, and in the gallery. */
  function ranks() {
    const { best, within, whole, of, alike } = turn;
    return { rank: within, depth: alike, place: whole ? best : null, searched: whole ? of : null };
  }

  function further() {
    if (drawing(match) !== null) return ready();
    match = next(match);
    load();
  }

  function stop() {
    [match, turn, lot] = [null, null, null];
    [chooser.hidden, stage.hidden] = [false, true];
    plate.replaceChildren();
    showBoard(board, null);
  }

  function show() {
    showGauge(gauge, { match, turn, limit, seconds: seconds() });
    showResult(result, match);
    showBoard(board, match);
    const buttons = turn ? [["act main", say("Done"), done]] : isOver(match) ? [] : [["act main", proceed(), further]];
    const sheet = turn ? null : bestTurn(match).sheet;
    if (sheet) buttons.push(["act", say("Show the best drawing"), () => tell("draw", { strokes: sheet.strokes })]);
    if (turn && match.teams === 1) buttons.push(["act", say("Another photo"), skip]);
    acts.replaceChildren(...[...buttons, ["quiet", say("End the game"), stop]].map(press));
  }

  const proceed = () => (drawing(match) === null ? say("Next photo") : say("{team} draws", { team: team(drawing(match)) }));

  function skip() {
    match = next(match);
    load();
  }

  function tick() {
    if (!turn || !inked) return;
    if (limit && seconds() >= limit) done();
    else showGauge(gauge, { match, turn, limit, seconds: seconds() });
  }

  listen("drawing", ({ empty }) => {
    if (!turn) return;
    if (empty) return;
    inked ||= performance.now();
    follow(lot.photo.id, now.sheet);
  });
  listen("settings", () => turn && inked && follow(lot.photo.id, now.sheet));
  listen("game", asked);
  setInterval(tick, TICK);

  /** A lesson asks for a game of so many teams. */
  function asked() {
    const teams = room.game;
    room.game = null;
    if (teams) start({ ...chooser.chosen(), teams });
  }

  return { update: asked };
}

function press([className, text, action]) {
  const button = Object.assign(make("button", className, text), { type: "button" });
  button.addEventListener("click", action);
  return button;
}
