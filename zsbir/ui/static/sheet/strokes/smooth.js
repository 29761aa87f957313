// A steady hand: the one-euro filter (Casiez, Roussel and Vogel, CHI 2012).

const CALM = 4; // hertz: how fast a resting pen may tremble
const EAGER = 0.04; // hertz per canvas unit and second: how soon a fast pen is followed at once
const SPEED = 8; // hertz, for the speed itself

const weight = (cutoff, seconds) => 1 / (1 + 1 / (2 * Math.PI * cutoff * seconds));

/** Follows a pen: slow lines lose their tremor, fast ones keep up. */
export class Steady {
  #x = null;
  #y = 0;
  #t = 0;
  #vx = 0;
  #vy = 0;

  /** Where the line goes when the pen is at (x, y) canvas units after t milliseconds. */
  next(x, y, t) {
    if (this.#x === null) {
      [this.#x, this.#y, this.#t] = [x, y, t];
      return [x, y];
    }
    const seconds = Math.max(1, t - this.#t) / 1000;
    const slow = weight(SPEED, seconds);
    this.#vx += slow * ((x - this.#x) / seconds - this.#vx);
    this.#vy += slow * ((y - this.#y) / seconds - this.#vy);
    const follow = weight(CALM + EAGER * Math.hypot(this.#vx, this.#vy), seconds);
    this.#x += follow * (x - this.#x);
    this.#y += follow * (y - this.#y);
    this.#t = t;
    return [this.#x, this.#y];
  }
}
