// Drawings of things that the bundled gallery has no photo of, made for this page by formulas.

const ring = (x0, y0, rx, ry, from = 0, to = 2 * Math.PI) => {
  const steps = Array.from({ length: 33 }, (_, i) => from + ((to - from) * i) / 32);
  return { x: steps.map((a) => x0 + rx * Math.cos(a)), y: steps.map((a) => y0 + ry * Math.sin(a)) };
};
const line = (...points) => ({ x: points.map(([x]) => x), y: points.map(([, y]) => y) });

function leg(side, i) {
  const lean = i - 1.5; // two legs reach forward, two back
  const bend = [300 + side * 140, 300 + lean * 70];
  return line([300 + side * 48, 310 + lean * 26], bend, [300 + side * 235, bend[1] + (lean < 0 ? -95 : 95)]);
}

function arm(i) {
  const start = 170 + i * 52;
  const steps = Array.from({ length: 17 }, (_, n) => n / 16);
  const away = (i - 2.5) * 55;
  return {
    x: steps.map((t) => start + away * t + 22 * Math.sin(7 * t + i)),
    y: steps.map((t) => 320 + 230 * t - 12 * Math.abs(i - 2.5) * t),
  };
}

function sail(turn) {
  const at = (along, across) => [
    300 + along * Math.cos(turn) - across * Math.sin(turn),
    220 + along * Math.sin(turn) + across * Math.cos(turn),
  ];
  return line(at(0, 0), at(190, 0), at(190, 42), at(50, 42), at(50, 0));
}

/** [{name, strokes}]: each a category name of the field, and the drawing. */
export const LACKING = [
  {
    name: "spider",
    strokes: [
      ring(300, 340, 62, 80),
      ring(300, 232, 38, 36),
      ...[0, 1, 2, 3].flatMap((i) => [leg(-1, i), leg(1, i)]),
    ],
  },
  {
    name: "octopus",
    strokes: [
      ring(300, 230, 140, 165, Math.PI * 0.85, Math.PI * 2.15),
      ring(255, 220, 14, 16),
      ring(345, 220, 14, 16),
      ...[0, 1, 2, 3, 4, 5].map(arm),
    ],
  },
  {
    name: "anchor",
    strokes: [
      ring(300, 105, 42, 42),
      line([300, 147], [300, 520]),
      line([205, 205], [395, 205]),
      ring(300, 330, 195, 190, 0.12 * Math.PI, 0.88 * Math.PI),
      line([95, 440], [122, 385], [172, 425]),
      line([505, 440], [478, 385], [428, 425]),
    ],
  },
  {
    name: "windmill",
    strokes: [
      line([240, 560], [262, 240], [338, 240], [360, 560], [240, 560]),
      ...[0.35, 1.92, 3.49, 5.06].map(sail),
      line([285, 560], [285, 500], [315, 500], [315, 560]),
    ],
  },
];
