// Mouse, finger and keys on the map: a point is pointed at, opened, or the map is moved under them.

import { Pinch } from "./pinch.js";

const REACH = { mouse: 12, pen: 16, touch: 26 }; // pixels between the pointer and what it means
const TURNS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const ZOOMS = { "+": 1.6, "=": 1.6, "-": 1 / 1.6, 0: 0 };
const STILL = 5; // pixels that a press may move and still be a press

/** Let `chart` be explored on `canvas`: `point(i)` for a point that is pointed at, -1 for none, `open(i)`. */
export function attachPointing(canvas, chart, { point, open, moved }) {
  const pinch = new Pinch();
  let held = null; // where the pointer went down, unless another finger came to it

  const pixel = ({ offsetX, offsetY }) => [offsetX, offsetY];
  const under = (event) => chart.plane?.at(pixel(event), REACH[event.pointerType] ?? REACH.mouse) ?? -1;

  canvas.addEventListener("pointerdown", (event) => {
    const joins = event.pointerType === "touch" && pinch.down(event.pointerId, pixel(event));
    held = joins ? null : { at: pixel(event), last: pixel(event), dragged: false };
    if (chart.plane?.zoom > 1) canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (pinch.isOn && pinch.has(event.pointerId)) return follow(pinch.move(event.pointerId, pixel(event)));
    if (!held) return event.pointerType === "touch" || point(under(event));
    const [x, y] = pixel(event);
    held.dragged ||= Math.hypot(x - held.at[0], y - held.at[1]) > STILL;
    if (held.dragged) chart.plane.shift(x - held.last[0], y - held.last[1]);
    held.last = [x, y];
    if (held.dragged) moved();
  });
  canvas.addEventListener("pointerup", (event) => {
    const press = held;
    pinch.up(event.pointerId);
    held = null;
    if (!press || press.dragged) return;
    const found = under(event);
    // A finger cannot hover: its first tap shows which photo this is, its second opens it.
    if (found >= 0 && (event.pointerType !== "touch" || found === chart.pointed)) open(found);
    point(found);
  });
  canvas.addEventListener("pointercancel", ({ pointerId }) => {
    pinch.up(pointerId);
    held = null;
  });
  // Two fingers are the map's; one may scroll the page.
  canvas.addEventListener("touchmove", (event) => event.touches.length > 1 && event.preventDefault(), { passive: false });
  canvas.addEventListener("pointerleave", ({ pointerType }) => pointerType === "touch" || point(-1));
  canvas.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey || !chart.plane) return; // a wheel alone scrolls the page
      event.preventDefault();
      chart.plane.near(Math.exp(-event.deltaY / 200), pixel(event));
      moved();
    },
    { passive: false },
  );
  canvas.addEventListener("keydown", (event) => {
    if (!chart.plane || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in TURNS) point(turn(TURNS[event.key]), true);
    else if (event.key in ZOOMS) zoom(ZOOMS[event.key]);
    else if (event.key === "Escape") point(-1);
    else if ((event.key === "Enter" || event.key === " ") && chart.pointed >= 0) open(chart.pointed);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  function follow({ factor, from, to }) {
    if (!chart.plane) return;
    chart.plane.near(factor, from);
    chart.plane.shift(to[0] - from[0], to[1] - from[1]);
    moved();
  }

  /** From the point that is pointed at, or else to the drawing, or to the middle of the screen. */
  function turn([right, down]) {
    if (chart.pointed >= 0) return chart.plane.next(chart.pointed, right, down);
    const drawing = chart.trail.at(-1);
    const start = drawing ? chart.plane.toScreen(drawing) : [canvas.clientWidth / 2, canvas.clientHeight / 2];
    return chart.plane.at(start, Infinity);
  }

  /** Nearer or farther around the point that is pointed at, else around the drawing, else around the middle. */
  function zoom(factor) {
    if (!chart.plane) return;
    const { map, pointed, trail } = chart;
    const around = pointed >= 0 ? [map.x[pointed], map.y[pointed]] : trail.at(-1);
    chart.plane.near(factor, around && chart.plane.shows(around) ? chart.plane.toScreen(around) : undefined);
    moved();
  }

  return { zoom };
}
