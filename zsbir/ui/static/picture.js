// A sketch that exists as a picture file: opened here in the browser, so that no file is uploaded or kept.

const PICTURE_SIDE = 768;
const SENT_SIDE = 512;

/** Any picture the browser can open, fitted on a white square. */
async function openPicture(file) {
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const [width, height] = [image.naturalWidth || PICTURE_SIDE, image.naturalHeight || PICTURE_SIDE];
    const scale = PICTURE_SIDE / Math.max(width, height);
    const canvas = square(PICTURE_SIDE);
    const ctx = canvas.getContext("2d");
    ctx.fillStyle = "#fff";
    ctx.fillRect(0, 0, PICTURE_SIDE, PICTURE_SIDE);
    const [w, h] = [width * scale, height * scale];
    ctx.drawImage(image, (PICTURE_SIDE - w) / 2, (PICTURE_SIDE - h) / 2, w, h);
    return canvas;
  } catch {
    throw new Error(`${file.name || "This file"} cannot be opened as a picture. Choose a PNG, JPEG, WebP or SVG file.`);
  } finally {
    URL.revokeObjectURL(url);
  }
}

function square(side) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  return canvas;
}

/** Picture and strokes together, black on white, as a data URL. */
function composite(drawing) {
  const canvas = square(SENT_SIDE);
  paint(canvas.getContext("2d"), SENT_SIDE, drawing, { ink: "#000", paper: "#fff" });
  return canvas.toDataURL("image/jpeg", 0.92);
}
