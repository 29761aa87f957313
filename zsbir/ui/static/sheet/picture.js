// A sketch that exists as a picture: opened here in the browser, so that no file is uploaded or kept.

import { say } from "../shared/say.js";
import { SIDE } from "./strokes/geometry.js";
import { paint } from "./strokes/ink.js";

const SHEET_SIDE = 768; // pixels of a picture on the sheet
const SENT_SIDE = 512;
const PAPER_SIDE = 1600; // pixels of a photo that is sent to be redrawn as strokes

/** Any picture the browser can open; an Error says which file it cannot. */
export async function openPicture(file) {
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    return image;
  } catch {
    const sentence = say("{file} cannot be opened. Choose a picture, an SVG or an ndjson file.", {
      file: file.name || say("This file"),
    });
    throw new Error(sentence);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** The picture on white as a JPEG in a data URL, small enough to send. */
export function asPaper(image) {
  const [width, height] = sizeOf(image);
  const scale = Math.min(1, PAPER_SIDE / Math.max(width, height));
  const canvas = blank(Math.ceil(width * scale), Math.ceil(height * scale));
  const ctx = canvas.getContext("2d");
  ctx.fillStyle = "#fff";
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", 0.9);
}

/** The picture fitted on the sheet as ink on nothing: the darker, the more ink. */
export function asInk(image) {
  const [width, height] = sizeOf(image);
  const scale = SHEET_SIDE / Math.max(width, height);
  const canvas = blank(SHEET_SIDE, SHEET_SIDE);
  const ctx = canvas.getContext("2d", { willReadFrequently: true });
  ctx.fillStyle = "#fff";
  ctx.fillRect(0, 0, SHEET_SIDE, SHEET_SIDE);
  const [w, h] = [width * scale, height * scale];
  ctx.drawImage(image, (SHEET_SIDE - w) / 2, (SHEET_SIDE - h) / 2, w, h);
  const pixels = ctx.getImageData(0, 0, SHEET_SIDE, SHEET_SIDE);
  const { data } = pixels;
  for (let i = 0; i < data.length; i += 4) {
    data[i + 3] = 255 - (0.299 * data[i] + 0.587 * data[i + 1] + 0.114 * data[i + 2]);
    data[i] = data[i + 1] = data[i + 2] = 0;
  }
  ctx.putImageData(pixels, 0, 0);
  return canvas;
}

/** A picture that `canvas.toDataURL` wrote, as a canvas again. */
export async function fromDataURL(url) {
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = blank(image.naturalWidth, image.naturalHeight);
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas;
}

/** Picture and strokes together, black on white, as a data URL. */
export function composite(drawing) {
  return onPaper(drawing, SENT_SIDE).toDataURL("image/jpeg", 0.92);
}

/** The sheet as a canvas, black on white. */
export function onPaper(drawing, side) {
  const canvas = blank(side, side);
  paint(canvas.getContext("2d"), side, drawing, { ink: "#000", paper: "#fff" });
  return canvas;
}

const sizeOf = (image) => [image.naturalWidth || SIDE, image.naturalHeight || SIDE];

function blank(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}
