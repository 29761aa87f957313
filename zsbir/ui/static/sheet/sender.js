// The one way from the sheet to Python: whatever is shown is sent, as often as the pace allows while it changes.

import { listen, tell } from "../shared/signals.js";
import { Pace } from "./pace.js";
import { composite } from "./picture.js";
import { isEmpty } from "./sheet.js";
import { SIDE } from "./strokes/geometry.js";
import { packed } from "./strokes/pack.js";

export class Sender {
  #sheet;
  #props;
  #input;
  #seq = 0;
  #pace = new Pace();
  #timer = null;

  constructor(sheet, props, input) {
    [this.#sheet, this.#props, this.#input] = [sheet, props, input];
    sheet.addEventListener("change", () => this.now());
    // Python now has this drawing: until it changes, a question about it carries its number alone.
    listen("answered", ({ seq }) => {
      this.#pace.answer(seq, performance.now());
      if (seq === this.#seq) props.value = { ...this.#value(), strokes: [], picture: null, kept: true };
    });
    listen("forgotten", ({ seq }) => {
      if (seq === this.#seq) this.now();
    });
  }

  now() {
    this.put();
    this.#input();
  }

  soon() {
    this.#timer ??= setTimeout(() => this.now(), this.#pace.wait(performance.now()));
  }

  /** Make what is shown the component's value, for the next question to carry. */
  put() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#seq += 1;
    this.#pace.ask(this.#seq, performance.now());
    const { shown } = this.#sheet;
    const picture = shown.picture ? composite(shown) : null;
    const sheet = { ...this.#value(), strokes: packed(shown.strokes), picture };
    this.#props.value = sheet;
    tell("drawing", { seq: this.#seq, empty: isEmpty(shown), sheet });
  }

  #value() {
    return { width: SIDE, height: SIDE, seq: this.#seq };
  }
}
