// How the page says things. All text enters as textContent, so nothing in a gallery is run.

export const words = (name) => name.replaceAll("_", " ");
export const counted = (photos) => (photos === 1 ? "1 photo" : `${photos} photos`);
/** How a photo scored; nothing for a photo that no search found. */
export const numbers = ({ score, percentile }) =>
  score === undefined ? "" : `score ${score.toFixed(3)}, percentile ${percentile.toFixed(1)}`;
export const make = (tag, className, text = "") =>
  Object.assign(document.createElement(tag), { className, textContent: text });
