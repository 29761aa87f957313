// How often a drawing is searched for while the pen is down. Where answers take long, because many draw at once, it is
// less often: then the question that counts, when the pen is lifted, waits for fewer others.

const OFTEN = 150; // milliseconds between two questions at least
const SELDOM = 1500; // and at most
const QUICK = 100; // milliseconds that an answer may take without anything being spared
const SPARED = 3; // milliseconds to wait for each above that

export class Pace {
  #asked = new Map(); // number of a drawing -> when it was asked about
  #last = -Infinity;
  #every = OFTEN;

  /** Note that drawing `seq` is asked about now. */
  ask(seq, now) {
    this.#asked.set(seq, now);
    this.#last = now;
  }

  /** Note that the answer about drawing `seq` is there. */
  answer(seq, now) {
    const asked = this.#asked.get(seq);
    if (asked === undefined) return;
    for (const number of this.#asked.keys()) if (number <= seq) this.#asked.delete(number);
    this.#every = Math.min(SELDOM, Math.max(OFTEN, SPARED * (now - asked - QUICK)));
  }

  /** Milliseconds until the next question while the pen is down. */
  wait(now) {
    return Math.max(0, this.#last + this.#every - now);
  }
}
