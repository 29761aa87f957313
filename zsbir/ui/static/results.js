// The photos: answers drawn as a grid. All text enters as textContent, so nothing in a gallery is run.

const PATIENCE = 300; // milliseconds before the page says that it is searching
const QUIET = 900; // milliseconds without a new answer before it is read aloud

const root = element.querySelector(".results");
const part = (selector) => root.querySelector(selector);
const grid = part(".grid");
const words = (name) => name.replaceAll("_", " ");
const make = (tag, className, text = "") => Object.assign(document.createElement(tag), { className, textContent: text });

let photos = []; // those shown, best first
let tiles = new Map(); // photo address -> its list item, reused so that photos that stay do not flicker
let asked = 0; // number of the newest drawing
let answered = 0; // number of the drawing that the shown answer belongs to
let waitTimer = null;
let speakTimer = null;

const numbers = ({ score, percentile }) => `score ${score.toFixed(3)}, percentile ${percentile.toFixed(1)}`;

// ---- one photo

function tile(photo) {
  const item = tiles.get(photo.url) ?? newTile(photo);
  item.photo = photo;
  item.querySelector(".score").textContent = photo.score.toFixed(3);
  item.querySelector(".percentile").textContent = `${photo.percentile.toFixed(photo.percentile < 99.95 ? 1 : 0)}\u00a0%`;
  const title = photo.title && photo.title !== photo.category ? ` (${photo.title})` : "";
  item.firstChild.setAttribute("aria-label", `${photo.rank}. ${words(photo.category)}${title}, ${numbers(photo)}`);
  item.firstChild.title = photo.title || words(photo.category);
  return item;
}

function newTile(photo) {
  const item = make("li", "");
  const button = Object.assign(make("button", "tile"), { type: "button" });
  const print = make("span", "print");
  const image = Object.assign(make("img", ""), { alt: "", loading: "lazy", decoding: "async" });
  image.addEventListener("error", () => item.classList.add("missing"));
  image.src = `${photo.url}?side=384`;
  print.append(image, make("span", "gone", "photo missing"));
  const label = make("span", "label");
  label.append(make("span", "category", words(photo.category)), make("span", "score"), make("span", "percentile"));
  button.append(print, label);
  button.addEventListener("click", () => openViewer(photos.indexOf(item.photo)));
  item.append(button);
  return item;
}

// ---- one answer

function show(answer) {
  photos = answer.photos;
  tiles = new Map(photos.map((photo) => [photo.url, tile(photo)]));
  grid.replaceChildren(...tiles.values());
  heading(answer);
  part(".seen img").src = answer.seen;
  settle(photos.length ? "found" : "nothing");
  clearTimeout(speakTimer);
  speakTimer = setTimeout(() => (part(".live").textContent = `${counted(photos.length)}. ${part("h2").textContent}.`), QUIET);
}

function counted(photos) {
  return photos === 1 ? "1 photo" : `${photos} photos`;
}

function heading({ mode, category, assumed, searched, gallery, untrained, by, note }) {
  const title = part("h2");
  const count = searched.toLocaleString();
  if (mode === "fine-grained" && category) {
    title.replaceChildren(make("b", "", words(category)), assumed ? ", assumed from your drawing" : ", chosen by you");
    explain(
      note,
      searched === 1
        ? "The only photo of this category."
        : `The ${count} photos of this category, closest first${note ? "" : ` by ${by}`}.`,
      assumed && "If it is wrong, choose another above.",
      untrained && !note && `${by} learnt nothing for this mode: the same embedding ranks inside the category.`,
    );
    return;
  }
  const [first, ...others] = new Set(photos.map((photo) => words(photo.category)));
  title.replaceChildren(make("b", "", first), others.length ? `, then ${others.slice(0, 2).join(" and ")}` : "");
  explain(
    note,
    mode === "fine-grained" && "The photos have no categories, so all are ranked.",
    `The closest of ${count} photos in ${gallery}${note ? "" : ` by ${by}`}.`,
    "Under each photo: cosine score, and percentile within the gallery.",
  );
}

function explain(...sentences) {
  part(".note").textContent = sentences.filter(Boolean).join(" ");
}

/** Show the parts that belong to a state: empty, found, nothing or trouble. */
function settle(state, sentence = "") {
  clearTimeout(waitTimer);
  root.dataset.state = state;
  root.removeAttribute("aria-busy");
  part(".examples").hidden = state !== "empty";
  part(".answer").hidden = state !== "found";
  part(".wait").hidden = true;
  grid.hidden = state !== "found";
  const trouble = part(".trouble");
  trouble.hidden = state !== "trouble" && state !== "nothing";
  trouble.textContent = state === "nothing" ? "This gallery has no photos to show." : sentence;
}

function empty() {
  clearTimeout(speakTimer);
  photos = [];
  tiles.clear();
  grid.replaceChildren();
  part(".live").textContent = "";
  settle("empty");
}

// ---- answers arrive in their own time: only those for the newest drawing, or on the way to it, count

function receive() {
  const answer = props.value;
  if (!answer || answer.seq < answered) return;
  if (answer.state === "forgotten") return tell("zsbir:forgotten", answer);
  answered = answer.seq;
  if (answer.state === "found") show(answer);
  else if (answer.state === "trouble") settle("trouble", answer.message);
  else empty();
  if (answer.state === "found") tell("zsbir:answered", answer);
  if (answered < asked) expect();
}

function tell(what, { seq }) {
  document.dispatchEvent(new CustomEvent(what, { detail: { seq } }));
}

function expect() {
  clearTimeout(waitTimer);
  waitTimer = setTimeout(() => {
    const loading = document.querySelector(".zs-status[data-state=loading]");
    root.setAttribute("aria-busy", "true");
    part(".wait").hidden = false;
    part(".wait").textContent = loading ? "Loading the model. Your drawing is kept." : "Looking…";
    part(".examples").hidden = true;
  }, PATIENCE);
}

document.addEventListener("zsbir:drawing", ({ detail }) => {
  asked = detail.seq;
  if (detail.empty) {
    answered = asked; // whatever is still under way belongs to a drawing that is gone
    empty();
  } else expect();
});

watch("value", receive);
