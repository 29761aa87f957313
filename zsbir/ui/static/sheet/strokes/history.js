// Undo and redo over whole drawings, so that clear, erase, fit and open are steps like any other.

const STEPS = 500;

export class History {
  constructor(now) {
    Object.assign(this, { past: [], now, future: [] });
  }

  step(next) {
    this.past = [...this.past, this.now].slice(-STEPS);
    this.now = next;
    this.future = [];
  }

  undo() {
    if (!this.past.length) return false;
    this.future.push(this.now);
    this.now = this.past.pop();
    return true;
  }

  redo() {
    if (!this.future.length) return false;
    this.past.push(this.now);
    this.now = this.future.pop();
    return true;
  }
}
