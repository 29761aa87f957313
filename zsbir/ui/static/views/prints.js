// Photos on the map itself, for whoever has come so near that few are in sight.

const MOST = 60; // in sight at once; more would lie on each other
const SIDE = 44; // pixels

export class Prints {
  #images = new Map(); // address -> its picture, loaded or under way
  #arrived;

  /** `arrived()` is called when a photo that was asked for can be painted. */
  constructor(arrived) {
    this.#arrived = arrived;
  }

  /** Paint photos, given as {url, place}, if they are few; the result tells whether they were. */
  paint(pen, photos, frame) {
    if (!photos.length || photos.length > MOST) return false;
    for (const { url, place } of photos) this.#paint(pen, this.#image(url), place, frame);
    return true;
  }

  #paint(pen, image, [x, y], frame) {
    const [left, top] = [x - SIDE / 2, y - SIDE / 2];
    pen.fillStyle = "#fff";
    pen.fillRect(left, top, SIDE, SIDE);
    pen.lineWidth = 1;
    pen.strokeStyle = frame;
    pen.strokeRect(left + 0.5, top + 0.5, SIDE - 1, SIDE - 1);
    if (!image.naturalWidth) return;
    const scale = (SIDE - 4) / Math.max(image.naturalWidth, image.naturalHeight);
    const [width, height] = [image.naturalWidth * scale, image.naturalHeight * scale];
    pen.drawImage(image, x - width / 2, y - height / 2, width, height);
  }

  #image(url) {
    if (!this.#images.has(url)) {
      const image = new Image();
      image.addEventListener("load", this.#arrived);
      image.src = url;
      this.#images.set(url, image);
    }
    return this.#images.get(url);
  }
}
