// Runs in the page before its own scripts: notes in window.stopwatch when what was awaited is there.

window.stopwatch = { interactive: null, lifted: 0, open: null, times: [] };

// Interactive: the sheet takes a pen, for its canvas has been given its size.
const waiting = setInterval(() => {
  const canvas = document.querySelector("#zs-pad canvas");
  if (!canvas || !canvas.getAttribute("aria-label")) return;
  window.stopwatch.interactive = performance.now();
  clearInterval(waiting);
}, 5);

const now = () => performance.now();

window.addEventListener(
  "pointerup",
  (event) => {
    if (!event.target.closest?.("#zs-pad canvas")) return;
    window.stopwatch.lifted += 1;
    window.stopwatch.open = { at: now(), seq: null, answer: null, photos: null };
  },
  true, // before the sheet hears of it and sends the drawing
);

document.addEventListener("zsbir:drawing", ({ detail }) => {
  const { open } = window.stopwatch;
  if (open && open.seq === null) open.seq = detail.seq;
});

document.addEventListener("zsbir:answered", ({ detail }) => {
  const { open } = window.stopwatch;
  if (!open || open.seq === null || open.answer !== null || detail.seq < open.seq) return;
  open.answer = now() - open.at;
  awaitPhotos(open);
});

/** Wait until every photo in sight is there; a newer drawing takes the stopwatch away. */
function awaitPhotos(open) {
  if (window.stopwatch.open !== open) return;
  if (!photosInSight().every((image) => image.complete)) return requestAnimationFrame(() => awaitPhotos(open));
  open.photos = now() - open.at;
  window.stopwatch.times.push(open);
  window.stopwatch.open = null;
}

function photosInSight() {
  return [...document.querySelectorAll("#zs-results .grid img")].filter((image) => {
    const { top, bottom } = image.getBoundingClientRect();
    return bottom > 0 && top < window.innerHeight;
  });
}
