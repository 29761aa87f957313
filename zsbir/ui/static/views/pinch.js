// Two fingers on the map: what is between them stays between them while they part, close or wander.

export class Pinch {
  #fingers = new Map(); // pointer id -> its pixel

  /** A finger comes down at a pixel; the result tells whether others are down already. */
  down(id, pixel) {
    this.#fingers.set(id, pixel);
    return this.#fingers.size > 1;
  }

  up(id) {
    this.#fingers.delete(id);
  }

  get isOn() {
    return this.#fingers.size === 2;
  }

  /** A finger moves to a pixel: how many times farther apart the two are, and from where to where their middle went. */
  move(id, pixel) {
    const before = [...this.#fingers.values()];
    this.#fingers.set(id, pixel);
    const after = [...this.#fingers.values()];
    return { factor: apart(after) / apart(before), from: middle(before), to: middle(after) };
  }

  has(id) {
    return this.#fingers.has(id);
  }
}

const apart = ([[ax, ay], [bx, by]]) => Math.max(1, Math.hypot(ax - bx, ay - by));
const middle = ([[ax, ay], [bx, by]]) => [(ax + bx) / 2, (ay + by) / 2];
