// What one sees of the drawing: the canvas, sharp at any size, and its description for those who do not see it.

import { say } from "../shared/say.js";
import { isEmpty } from "./sheet.js";
import { paint } from "./strokes/ink.js";

export function attachView(root, sheet) {
  const canvas = root.querySelector("canvas");
  const invite = root.querySelector(".invite");
  const ctx = canvas.getContext("2d");

  function look() {
    const pixels = Math.max(1, Math.round(canvas.clientWidth * window.devicePixelRatio));
    if (canvas.width !== pixels) canvas.width = canvas.height = pixels;
    paint(ctx, pixels, sheet.shown, { ink: getComputedStyle(canvas).color });
    invite.hidden = !isEmpty(sheet.shown) || sheet.shown !== sheet.drawing;
    canvas.setAttribute("aria-label", described(sheet.drawing));
    if (isEmpty(sheet.drawing)) canvas.setAttribute("aria-describedby", "zs-no-pointer");
    else canvas.removeAttribute("aria-describedby");
  }

  sheet.addEventListener("look", look);
  // Size, pixel density and colours of the page may change at any time.
  new ResizeObserver(look).observe(canvas);
  window.addEventListener("resize", look);
  new MutationObserver(look).observe(document.body, { attributes: true, attributeFilter: ["class"] });
  for (const query of ["(forced-colors: active)", "(prefers-color-scheme: dark)"]) {
    window.matchMedia(query).addEventListener("change", look);
  }
  look();
}

function described(drawing) {
  if (isEmpty(drawing)) return say("Drawing sheet, empty");
  const count = drawing.strokes.length;
  if (drawing.picture) return say("Drawing sheet, a picture and strokes: {count}", { count });
  return count === 1 ? say("Drawing sheet, 1 stroke") : say("Drawing sheet, {count} strokes", { count });
}
