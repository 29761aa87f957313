// What a class can do to break the search, and what to watch for; tried with the everyday gallery's deep dual prompts.

import { HARM } from "./harm.js";
import { LACKING } from "./lacking.js";

/** Things to do with the drawing on the sheet: {title, harm: strokes -> strokes, watch}. */
export const HARMS = [
  {
    title: "Upside down",
    harm: HARM.upsideDown,
    watch: "Things that usually stand one way are lost: a lamp on its head finds sinks, an elephant teapots. A bicycle is still a bicycle, for its wheels are round either way.",
  },
  {
    title: "Mirrored",
    harm: HARM.mirrored,
    watch: "Hardly anything changes: left and right mean nothing to the model, except where letters do.",
  },
  {
    title: "Pressed flat",
    harm: HARM.flattened,
    watch: "Proportions count: a chair becomes a couch, an elephant a bus. The model has seen no other elephants than real ones.",
  },
  {
    title: "Squeezed narrow",
    harm: HARM.narrowed,
    watch: "Some things bear it, a cup becomes a lantern or a candle. Which of yours do?",
  },
  {
    title: "Tiny",
    harm: HARM.tiny,
    watch: "Nothing changes: every drawing is fitted to the same square before the model sees it.",
  },
  {
    title: "Tiny, and a dot far away",
    harm: HARM.tinyWithDot,
    watch: "One dot, and all is lost: now the drawing between corner and dot is fitted, and the thing is a blot in it. Balls and apples come up.",
  },
  {
    title: "Every stroke three times",
    harm: HARM.sketchy,
    watch: "Clear outlines bear it. Small parts close to each other, such as a face, run together into black.",
  },
  {
    title: "Dashed",
    harm: HARM.dashed,
    watch: "People see the whole through the gaps. The model follows lines, and loses many things whose lines are broken.",
  },
  {
    title: "Scribbled over",
    harm: HARM.scribbledOver,
    watch: "Whatever it was, it becomes a fence or a radiator: the model cannot tell what was meant from what lies on top.",
  },
];

/** Things to draw instead: {title, strokes, lacks}; `lacks` is the category that the everyday gallery has not. */
export const INSTEAD = LACKING.map(({ name, strokes }) => ({ lacks: name, strokes }));
