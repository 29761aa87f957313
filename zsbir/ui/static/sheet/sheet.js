// The drawing, its past and future. Whoever listens hears "look" when it looks different, "change" when it is
// another drawing, "restore" when it came from before, and "settle" when a gesture or a replay under way has to end.

import { History } from "./strokes/history.js";

export const EMPTY = Object.freeze({ strokes: [], picture: null });
export const isEmpty = ({ strokes, picture }) => strokes.length === 0 && !picture;

export class Sheet extends EventTarget {
  #history = new History(EMPTY);
  #live = null; // what is shown while a gesture or a replay is under way

  /** The drawing as it stands. */
  get drawing() {
    return this.#history.now;
  }

  /** The drawing as it is seen just now. */
  get shown() {
    return this.#live ?? this.drawing;
  }

  get canUndo() {
    return this.#history.past.length > 0;
  }

  get canRedo() {
    return this.#history.future.length > 0;
  }

  /** Show a drawing that is still being made; null shows the drawing as it stands. */
  show(live) {
    this.#live = live;
    this.#say("look");
  }

  /** Make `next` the drawing: one step of undo. */
  commit(next) {
    this.#history.step(next);
    this.#changed();
  }

  /** Begin with a drawing that was made before; one step of undo if there is one on the sheet. */
  restore(drawing) {
    if (isEmpty(this.drawing)) this.#history.now = drawing;
    else this.#history.step(drawing);
    this.#say("restore");
    this.#say("look");
  }

  /** An empty sheet without a past, as for another hand. */
  forget() {
    this.#history = new History(EMPTY);
    this.#changed();
  }

  /** Undo or redo one step, if there is one. */
  travel(direction) {
    this.settle();
    if (this.#history[direction]()) this.#changed();
  }

  /** End whatever is under way, so that the drawing stands still. */
  settle() {
    this.#say("settle");
  }

  #changed() {
    this.#live = null;
    this.#say("change");
    this.#say("look");
  }

  #say(what) {
    this.dispatchEvent(new Event(what));
  }
}
