// The sheet's buttons, keys and other ways in: examples and picture files.

const actions = {
  pen: () => setTool("pen"),
  erase: () => setTool("erase"),
  undo: () => travel("undo"),
  redo: () => travel("redo"),
  clear: () => {
    finishReplay();
    abandon();
    if (!isEmpty(history.now)) commit({ strokes: [], picture: null });
  },
  upload: () => fileInput.click(),
};

function setTool(name) {
  tool = name;
  refresh();
}

function travel(direction) {
  finishReplay();
  abandon();
  if (!history[direction]()) return;
  complain();
  refresh();
  send();
}

root.querySelector(".tools").addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-do]");
  if (pressed) actions[pressed.dataset.do]();
});

const typing = (target) => target.closest?.("input, textarea, select, [contenteditable], dialog");

// Undo works from the whole page; single letters only while the sheet or its tools have the focus.
document.addEventListener("keydown", (event) => {
  if (!root.isConnected || typing(event.target) || event.altKey) return;
  const key = event.key.toLowerCase();
  let action = null;
  if (event.ctrlKey || event.metaKey) action = { z: event.shiftKey ? "redo" : "undo", y: "redo" }[key];
  else if (root.contains(event.target)) action = { p: "pen", e: "erase", delete: "clear" }[key];
  if (!action) return;
  event.preventDefault();
  actions[action]();
});

// ---- an example draws itself, and is searched while it does

const REPLAY_MS = 700;

function replay(strokes) {
  finishReplay();
  abandon();
  const total = strokes.reduce((sum, { x }) => sum + x.length, 0);
  const still = document.hidden || window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (still) return commit({ strokes, picture: null });
  const start = performance.now();
  const frame = (now) => {
    const share = (now - start) / REPLAY_MS;
    if (share >= 1) return finishReplay();
    live = { strokes: firstPoints(strokes, Math.ceil(total * share)), picture: null };
    render();
    sendSoon();
    replayFrame.id = requestAnimationFrame(frame);
  };
  replayFrame = { strokes, id: requestAnimationFrame(frame) };
}

function finishReplay() {
  if (!replayFrame) return;
  cancelAnimationFrame(replayFrame.id);
  const { strokes } = replayFrame;
  replayFrame = null;
  commit({ strokes, picture: null });
}

function firstPoints(strokes, count) {
  const first = [];
  for (const { x, y } of strokes) {
    if (count <= 0) break;
    first.push({ x: x.slice(0, count), y: y.slice(0, count) });
    count -= x.length;
  }
  return first;
}

document.addEventListener("zsbir:draw", (event) => replay(event.detail.strokes));

// ---- picture files: chosen, dropped or pasted

async function takePicture(file) {
  if (!file) return;
  try {
    const picture = await openPicture(file);
    finishReplay();
    abandon();
    commit({ strokes: [], picture });
  } catch (error) {
    complain(error.message);
  }
}

fileInput.addEventListener("change", () => {
  takePicture(fileInput.files[0]);
  fileInput.value = "";
});
canvas.addEventListener("dragover", (event) => event.preventDefault());
canvas.addEventListener("drop", (event) => {
  event.preventDefault();
  takePicture(event.dataTransfer.files[0]);
});
document.addEventListener("paste", (event) => {
  if (root.isConnected && !typing(event.target)) takePicture(event.clipboardData.files[0]);
});

// ---- stay sharp: size, pixel density and colours of the page may change at any time

new ResizeObserver(render).observe(canvas);
window.addEventListener("resize", render);
new MutationObserver(render).observe(document.body, { attributes: true, attributeFilter: ["class"] });
refresh();
