// What a class can do to break the search, and what to watch for; tried with the everyday gallery's deep dual prompts.

/** Things to do with the drawing on the sheet: {name: of harm.js, title, watch}. */
export const HARMS = [
  {
    name: "upsideDown",
    title: "Upside down",
    watch: "Things that usually stand one way are lost: a lamp on its head finds sinks, an elephant teapots. A bicycle is still a bicycle, for its wheels are round either way.",
  },
  {
    name: "mirrored",
    title: "Mirrored",
    watch: "Hardly anything changes: left and right mean nothing to the model, except where letters do.",
  },
  {
    name: "flattened",
    title: "Pressed flat",
    watch: "Proportions count: a chair becomes a couch, an elephant a bus.",
  },
  {
    name: "narrowed",
    title: "Squeezed narrow",
    watch: "Some things bear it, a cup becomes a lantern or a candle. Which of yours do?",
  },
  {
    name: "tiny",
    title: "Tiny",
    watch: "Nothing changes: every drawing is fitted to the same square before the model sees it.",
  },
  {
    name: "tinyWithDot",
    title: "Tiny, and a dot far away",
    watch: "One dot, and all is lost: now the drawing between corner and dot is fitted, and the thing is a blot in it. Balls and apples come up.",
  },
  {
    name: "sketchy",
    title: "Every stroke three times",
    watch: "Clear outlines bear it. Small parts close to each other, such as a face, run together into black.",
  },
  {
    name: "dashed",
    title: "Dashed",
    watch: "People see the whole through the gaps. The model follows lines, and loses many things whose lines are broken.",
  },
  {
    name: "scribbledOver",
    title: "Scribbled over",
    watch: "Whatever it was, it becomes a fence or a radiator: the model cannot tell what was meant from what lies on top.",
  },
];
