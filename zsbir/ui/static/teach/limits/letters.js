// A word as strokes: capitals of single lines, on a grid of 4 by 6.

import { SIDE } from "../../sheet/strokes/geometry.js";

const MARGIN = 50; // canvas units
const STEP = 5.2; // grid units from one letter to the next
const [WIDTH, HEIGHT] = [4, 6];
const LONGEST = 10; // letters

// Each letter's lines: two digits are a point's x and y, a space parts lines.
const LINES = {
  A: "062046 1434",
  B: "0006 003041423303 033344453606",
  C: "4130100105163645",
  D: "0006 002042442606",
  E: "40000646 0333",
  F: "400006 0333",
  G: "41301001051636454323",
  H: "0006 4046 0343",
  I: "2026 1030 1636",
  J: "4045361605",
  K: "0006 400346",
  L: "000646",
  M: "0600234046",
  N: "06004640",
  O: "103041453616050110",
  P: "06003041423303",
  Q: "103041453616050110 2446",
  R: "06003041423303 2346",
  S: "413010010213334445361605",
  T: "0040 2026",
  U: "000516364540",
  V: "002640",
  W: "0016233640",
  X: "0046 4006",
  Y: "002340 2326",
  Z: "00400646",
};

/** What of a word can be written: at most ten letters from A to Z, accents left out. */
export function letters(word) {
  const plain = word.normalize("NFD").toUpperCase();
  return [...plain].filter((letter) => letter in LINES).slice(0, LONGEST);
}

/** A word across the middle of the sheet; no strokes if nothing of it can be written. */
export function written(word) {
  const line = letters(word);
  const scale = (SIDE - 2 * MARGIN) / Math.max(2 * STEP, (line.length - 1) * STEP + WIDTH);
  const top = SIDE / 2 - (HEIGHT * scale) / 2;
  const left = SIDE / 2 - (((line.length - 1) * STEP + WIDTH) * scale) / 2;
  return line.flatMap((letter, place) =>
    LINES[letter].split(" ").map((digits) => {
      const points = digits.match(/../g);
      return {
        x: points.map(([x]) => left + (place * STEP + Number(x)) * scale),
        y: points.map(([, y]) => top + Number(y) * scale),
      };
    }),
  );
}
