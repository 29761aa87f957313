// Map: the gallery's photos as dots, like ones near each other, and the drawing moving among them as it grows.

import { ask, newest } from "../shared/ask.js";
import { following } from "../shared/following.js";
import { now } from "../shared/question.js";
import { relay, say } from "../shared/say.js";
import { tell } from "../shared/signals.js";
import { attachWordless } from "../results/wordless.js";
import { byName, make, words } from "../results/words.js";
import { attachCard, photoUrl } from "./card.js";
import { Chart } from "./chart.js";
import { attachNearest } from "./nearest.js";
import { Plane } from "./plane.js";
import { attachPointing } from "./pointing.js";

const maps = new Map(); // gallery, method and mode -> the map that belongs to them
const PHOTOS = 8; // asked for at once to be opened large

export function mount(panel) {
  const about = panel.appendChild(make("p", ""));
  const tellWordless = attachWordless(panel);
  const tools = panel.appendChild(make("div", "chooser"));
  const label = tools.appendChild(make("label", "", say("Pick out")));
  const select = label.appendChild(make("select", ""));
  const figure = panel.appendChild(make("figure", "map"));
  const canvas = figure.appendChild(make("canvas", ""));
  const card = attachCard(figure);
  const nearest = attachNearest(panel, { point: (id) => point(chart.map.ids.indexOf(id)) });
  const below = panel.appendChild(make("p", "footnote"));
  const chart = new Chart(canvas);
  let shown = ""; // the map that is shown: its gallery, method and mode
  let wanted = "";
  let placed = null; // the sheet that the drawing's place belongs to

  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", say("Map of the photos: arrow keys go from one to the next, Enter opens it, plus and minus zoom"));

  const { zoom } = attachPointing(canvas, chart, { point, open, moved });
  for (const [sign, name, factor] of [["+", say("Nearer"), 1.6], ["−", say("Farther"), 1 / 1.6], ["⤢", say("Whole map"), 0]]) {
    const button = Object.assign(make("button", "", sign), { type: "button", title: name });
    button.setAttribute("aria-label", name);
    button.addEventListener("click", () => zoom(factor));
    tools.append(button);
  }
  select.addEventListener("change", () => {
    chart.chosen = Number(select.value);
    chart.redraw(true);
  });

  const load = newest(lookUp, show, complain);
  const follow = following((key) => ask("place").then((answer) => ({ ...answer, key })), stand, complain);

  async function lookUp(key) {
    const map = maps.get(key) ?? (await ask("map"));
    maps.set(key, map);
    return { key, map };
  }

  function show({ key, map }) {
    shown = key;
    const { gallery } = now.settings;
    chart.show(map, new Plane(map.x, map.y), (i) => `${photoUrl(gallery, map.ids[i])}?side=384`);
    forget();
    offer(map.categories);
    tellWorth(map);
    panel.dataset.state = "found";
    update();
  }

  function offer(categories) {
    const named = byName(categories.map((name, value) => ({ name, value })), ({ name }) => name);
    const options = named.map(({ name, value }) => Object.assign(make("option", "", words(name)), { value }));
    select.replaceChildren(Object.assign(make("option", "", say("no category")), { value: -1 }), ...options);
    chart.chosen = -1;
  }

  function tellWorth({ note, explained, photos, ids }) {
    about.textContent = [note && relay(note), worth(Math.round(100 * explained))].filter(Boolean).join(" ");
    below.textContent = [PLACED, ids.length < photos && sampled(ids.length, photos)].filter(Boolean).join(" ");
  }

  /** Put the drawing where its answer says, if it still belongs to what is shown. */
  function stand({ key, place, nearest: photos }) {
    if (now.empty || key !== shown || !place) return;
    chart.nearest = photos;
    chart.go(place);
    nearest.show(photos);
  }

  function forget() {
    Object.assign(chart, { trail: [], nearest: [], pointed: -1 });
    placed = null;
    nearest.show([]);
    card.hide();
    chart.redraw();
  }

  function complain(sentence) {
    about.textContent = sentence;
    wanted = placed = "";
    panel.dataset.state = "trouble";
  }

  /** Point at a photo by its number, or at none; from the keys it is brought into view and read aloud. */
  function point(i, byKey = false) {
    if (i === chart.pointed) return;
    chart.pointed = i;
    if (i >= 0 && byKey) {
      chart.plane.reveal([chart.map.x[i], chart.map.y[i]]);
      moved();
    }
    chart.redraw();
    lead(byKey);
  }

  /** Keep the card at its photo. */
  function lead(aloud = false) {
    const i = chart.pointed;
    if (i < 0) return card.hide();
    const { x, y, ids, of, categories } = chart.map;
    card.show(now.settings.gallery, ids[i], categories[of[i]], chart.plane.toScreen([x[i], y[i]]), aloud);
  }

  function moved() {
    canvas.classList.toggle("near", chart.plane.zoom > 1);
    chart.redraw(true);
    lead();
  }

  /** Open a photo large, with those around it on the map to step to. */
  async function open(i) {
    const around = chart.plane.around(i, PHOTOS).map((number) => chart.map.ids[number]);
    try {
      const { photos } = await ask("photos", { more: { ids: around } });
      photos.sort((a, b) => around.indexOf(a.id) - around.indexOf(b.id));
      if (photos.length) tell("open", { photos, index: 0 });
    } catch (error) {
      complain(error.message);
    }
  }

  function update() {
    tellWordless();
    const { gallery, method, mode } = now.settings;
    const key = JSON.stringify([gallery, method, mode]);
    if (key !== wanted) {
      wanted = key;
      if (!chart.map) about.textContent = say("Laying out the map…");
      load(key);
    }
    if (key !== shown) return;
    const drawn = JSON.stringify([now.sheet?.seq, now.settings.category]);
    if (now.empty) return placed === null || forget();
    if (drawn === placed) return;
    placed = drawn;
    follow(key);
  }

  return { update };
}

const worth = (percent) =>
  say(
    "Each dot is a photo. The two axes hold {percent} % of what tells the photos apart: dots far from each other are unlike, near ones need not be alike.",
    { percent },
  );
const PLACED = say(
  "The ring is your drawing, with the way it came since the first stroke. It stands among the ten photos that it finds, the nearer to each the better that fits.",
);
const sampled = (shown, photos) => say("Of the gallery's {photos} photos {shown} are shown.", { shown, photos });
