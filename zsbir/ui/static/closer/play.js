// A button that moves a slider on by itself, moment by moment, until the last one.

import { say } from "../shared/say.js";

const WHOLE = 5000; // milliseconds for all moments
const [SHORTEST, LONGEST] = [120, 700]; // milliseconds for one

/** `go(i)` shows a moment. The result stops whatever is under way. */
export function attachPlay(button, slider, go) {
  let timer = null;

  function stop() {
    clearInterval(timer);
    timer = null;
    button.textContent = say("Play");
  }

  function step() {
    const next = Number(slider.value) + 1;
    if (next > Number(slider.max) || !button.checkVisibility()) return stop();
    go(next);
  }

  button.addEventListener("click", () => {
    if (timer) return stop();
    if (slider.value === slider.max) go(0);
    button.textContent = say("Pause");
    timer = setInterval(step, Math.max(SHORTEST, Math.min(LONGEST, WHOLE / (Number(slider.max) + 1))));
  });
  slider.addEventListener("input", stop);
  stop();
  return stop;
}
