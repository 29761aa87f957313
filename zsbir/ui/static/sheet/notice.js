// One sentence at the foot of the sheet: what went wrong, or what is going on.

const READ_FOR = 9000; // milliseconds that a sentence stays which asks for nothing

export class Notice {
  #line;
  #timer = null;

  constructor(root, sheet) {
    this.#line = root.querySelector(".notice");
    sheet.addEventListener("change", () => this.#line.dataset.kind === "trouble" && this.clear());
  }

  /** A picture could not be read, or the like: stays until the drawing changes. */
  complain(sentence) {
    this.#show(sentence, "trouble");
  }

  /** Something was done that one may want to know. */
  mention(sentence) {
    this.#show(sentence, "news");
    this.#timer = setTimeout(() => this.clear(), READ_FOR);
  }

  /** Something takes a moment; the next sentence, or `clear`, ends it. */
  busy(sentence) {
    this.#show(sentence, "busy");
  }

  clear() {
    this.#show("", "");
  }

  #show(sentence, kind) {
    clearTimeout(this.#timer);
    this.#line.dataset.kind = kind;
    this.#line.textContent = sentence;
  }
}
