// One photo large, with its title, credit and licence; and the examples, which draw themselves on the sheet.

const viewer = part("dialog");
const plate = viewer.querySelector(".plate img");
let open = []; // the photos of the answer that was clicked, even when a newer one arrives
let at = 0;

function openViewer(index) {
  open = photos;
  view(index);
  viewer.showModal();
}

function view(index) {
  at = (index + open.length) % open.length;
  const { url, title, category, credit, licence, source } = open[at];
  viewer.querySelector(".gone").hidden = true;
  plate.hidden = false;
  plate.alt = title || words(category);
  plate.src = `${url}?side=1600`;
  viewer.querySelector("h3").textContent = title || words(category);
  viewer.querySelector(".numbers").textContent = `${words(category)}, ${numbers(open[at])}`;
  const about = [credit && `Picture: ${credit}`, licence && `Licence: ${licence}`].filter(Boolean).join(". ");
  viewer.querySelector(".credit").replaceChildren(about, ...sourceLink(source));
}

/** Where a picture comes from; its web address becomes a link, anything else stays text. */
function sourceLink(source) {
  if (!source) return [];
  const [href] = source.match(/https?:\/\/[^\s<>"]+/) ?? [];
  if (!href) return [`. Source: ${source}`];
  const words = source.replace(href, "").replace("<>", "").trim();
  const link = Object.assign(make("a", "", words || "Source"), { href, target: "_blank", rel: "noopener noreferrer" });
  return [words ? ". Source: " : ". ", link];
}

plate.addEventListener("error", () => {
  plate.hidden = true;
  viewer.querySelector(".gone").hidden = false;
});
viewer.addEventListener("click", (event) => {
  if (event.target === viewer) viewer.close(); // the dimmed page around the photo
  const step = event.target.closest("[data-step]")?.dataset.step;
  if (step) view(at + Number(step));
});
viewer.addEventListener("keydown", (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (step) view(at + step);
});

function doodle(strokes) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 600 600");
  svg.setAttribute("aria-hidden", "true");
  for (const { x, y } of strokes) {
    const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
    line.setAttribute("points", x.map((value, i) => `${value},${y[i]}`).join(" "));
    svg.append(line);
  }
  return svg;
}

part(".examples ul").replaceChildren(
  ...props.examples.map(({ name, strokes }) => {
    const button = Object.assign(make("button", ""), { type: "button", title: `Draw: ${words(name)}` });
    button.setAttribute("aria-label", `Example drawing: ${words(name)}`);
    button.append(doodle(strokes));
    button.addEventListener("click", () =>
      document.dispatchEvent(new CustomEvent("zsbir:draw", { detail: { strokes } })),
    );
    const item = make("li", "");
    item.append(button);
    return item;
  }),
);

if (props.value) receive();
