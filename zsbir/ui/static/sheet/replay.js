// A drawing draws itself, and is searched while it does.

import { prefersStillness } from "../shared/signals.js";
import { endOf, timed, until } from "./strokes/times.js";

const LONGEST = 8000; // milliseconds; longer drawings are replayed faster

export class Replay {
  #sheet;
  #soon;
  #running = null; // {frame, done}

  constructor(sheet, soon) {
    [this.#sheet, this.#soon] = [sheet, soon];
    sheet.addEventListener("settle", () => this.stop());
  }

  get isRunning() {
    return this.#running !== null;
  }

  /** Replay the drawing on the sheet as it was drawn; it stays what it is. */
  again() {
    const { drawing } = this.#sheet;
    this.#play(drawing, Math.min(LONGEST, endOf(timed(drawing.strokes))), () => {
      this.#sheet.show(null);
      this.#soon();
    });
  }

  /** Let strokes that come from elsewhere draw themselves in so many milliseconds: one step of undo. */
  arrive(strokes, duration) {
    this.#sheet.settle();
    const drawing = { strokes, picture: null };
    if (!strokes.length || document.hidden || prefersStillness()) this.#sheet.commit(drawing);
    else this.#play(drawing, duration, () => this.#sheet.commit(drawing));
  }

  /** Show the whole at once. */
  stop() {
    if (!this.#running) return;
    const { frame, done } = this.#running;
    cancelAnimationFrame(frame);
    this.#running = null;
    done();
  }

  #play(drawing, duration, done) {
    this.#sheet.settle();
    const strokes = timed(drawing.strokes);
    const scale = endOf(strokes) / Math.max(1, duration);
    const still = prefersStillness();
    const start = performance.now();
    const step = (now) => {
      const time = (now - start) * scale;
      if (now - start >= duration) return this.stop();
      const seen = still ? strokes.filter(({ t }) => t[t.length - 1] <= time) : until(strokes, time);
      this.#running.frame = requestAnimationFrame(step);
      this.#sheet.show({ ...drawing, strokes: seen });
      this.#soon();
    };
    this.#running = { frame: requestAnimationFrame(step), done };
  }
}
