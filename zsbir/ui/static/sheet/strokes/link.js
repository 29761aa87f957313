// A drawing inside a link: simplified, in whole units, as differences, deflated, in base64url.
//
// One byte of version, then deflated numbers of 7 bits a byte, the higher bits later: how many strokes; for each its
// pause before and its duration in hundredths of a second, how many points, and for each point by how much x and y
// differ from the point before (the first from the last of the stroke before), 0, -1, 1, -2 ... as 0, 1, 2, 3 ...
// Pressures stay behind, and times inside a stroke: they are spread evenly over its length.

import { say } from "../../shared/say.js";
import { keptPoints, picked } from "./geometry.js";
import { timed } from "./times.js";

const VERSION = 1;
const TICK = 10; // milliseconds
const TOLERANCES = [1, 2, 4, 8]; // canvas units a line may move so that the link becomes shorter
const SHORT = 1800; // characters that every program takes as a link
export const LONGEST = 8000; // characters; longer links are cut by servers and by chats
const MOST_BYTES = 400_000; // of a drawing at Python's limits
const MOST_STROKES = 2000;

/** The drawing as text for a link, as exact as a short link allows; null if even a long one is too short. */
export async function encode(strokes) {
  let text = null;
  for (const tolerance of TOLERANCES) {
    text = await encodeWithin(strokes, tolerance);
    if (text.length <= SHORT) break;
  }
  return text.length <= LONGEST ? text : null;
}

async function encodeWithin(strokes, tolerance) {
  const simple = timed(strokes).map((stroke) => picked(stroke, keptPoints(stroke, tolerance)));
  const bytes = await through(new CompressionStream("deflate-raw"), numbers(simple));
  return toBase64url([VERSION, ...bytes]);
}

function numbers(strokes) {
  const bytes = [];
  const put = (value) => {
    for (let rest = value; ; rest = Math.floor(rest / 128)) {
      bytes.push((rest % 128) + (rest < 128 ? 0 : 128));
      if (rest < 128) return;
    }
  };
  const signed = (value) => put(value < 0 ? -2 * value - 1 : 2 * value);
  let [x, y, time] = [0, 0, 0];
  put(strokes.length);
  for (const stroke of strokes) {
    const [start, end] = [stroke.t[0], stroke.t[stroke.t.length - 1]];
    put(Math.round(Math.max(0, start - time) / TICK));
    put(Math.round((end - start) / TICK));
    put(stroke.x.length);
    stroke.x.forEach((_, i) => {
      const [nextX, nextY] = [Math.round(stroke.x[i]), Math.round(stroke.y[i])];
      signed(nextX - x);
      signed(nextY - y);
      [x, y] = [nextX, nextY];
    });
    time = end;
  }
  return new Uint8Array(bytes);
}

/** The strokes of a link's text; an Error says in one sentence why there are none. */
export async function decode(text) {
  const [version, ...bytes] = fromBase64url(text);
  if (version !== VERSION) throw new Error(say("This link was made by another version of this page."));
  try {
    return strokesOf(await through(new DecompressionStream("deflate-raw"), new Uint8Array(bytes)));
  } catch {
    throw new Error(say("The drawing in this link is damaged. Copy the whole link again."));
  }
}

function strokesOf(bytes) {
  let at = 0;
  const take = () => {
    let [value, scale, byte] = [0, 1, 128];
    for (; byte >= 128; scale *= 128) {
      if (at >= bytes.length) throw new RangeError("cut off");
      byte = bytes[at++];
      value += (byte % 128) * scale;
    }
    return value;
  };
  const signed = (value = take()) => (value % 2 ? -(value + 1) / 2 : value / 2);
  const count = take();
  if (count > MOST_STROKES) throw new RangeError("too many strokes");
  let [x, y, time] = [0, 0, 0];
  return Array.from({ length: count }, () => {
    const [start, duration, points] = [time + take() * TICK, take() * TICK, take()];
    if (points < 1 || points > bytes.length) throw new RangeError("no points");
    const stroke = { x: [], y: [] };
    for (let i = 0; i < points; i++) {
      stroke.x.push((x += signed()));
      stroke.y.push((y += signed()));
    }
    time = start + duration;
    return { ...stroke, t: spread(stroke, start, duration) };
  });
}

function spread({ x, y }, start, duration) {
  const lengths = x.map((_, i) => (i ? Math.hypot(x[i] - x[i - 1], y[i] - y[i - 1]) : 0));
  const total = lengths.reduce((sum, length) => sum + length, 0) || 1;
  let so = 0;
  return lengths.map((length) => Math.round(start + ((so += length) / total) * duration));
}

async function through(stream, bytes) {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const whole = [];
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (whole.length + part.value.length > MOST_BYTES) throw new RangeError("too large");
    for (const byte of part.value) whole.push(byte);
  }
  return whole;
}

function toBase64url(bytes) {
  const text = btoa(bytes.map((byte) => String.fromCharCode(byte)).join(""));
  return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromBase64url(text) {
  try {
    return Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  } catch {
    return [];
  }
}

export const isLong = (text) => text.length > SHORT;
