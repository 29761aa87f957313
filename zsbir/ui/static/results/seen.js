// What the model sees: the drawing as it was rendered for it, small beside the answer, large when asked for.

import { say } from "../shared/say.js";

const LARGE = 448; // pixels; the picture is enlarged by a whole number, so that its own pixels can be seen

/** Attach to the button with the small picture and the sheet with the large one; the result shows a picture. */
export function attachSeen(button, large) {
  const [small, enlarged] = [button.querySelector("img"), large.querySelector("img")];

  small.addEventListener("load", () => {
    const side = small.naturalWidth;
    enlarged.src = small.src;
    enlarged.width = enlarged.height = side * Math.max(1, Math.floor(LARGE / side));
    large.querySelector("p").textContent = say(
      "All that the model gets of your drawing: {side} × {side} pixels, black on white, every line of one width.",
      { side },
    );
  });
  return (picture) => (small.src = picture);
}
