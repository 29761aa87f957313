// The guided lesson, as data. A step belongs to every lesson of at least `from` minutes, so the three are nested.
//
// `begin` is done when a step is entered, `deeds` are buttons; see actions.js for what can be done. The last step has
// nothing to uncover: it sums up, and says where to go on.

export const LENGTHS = [10, 20, 45];

const OWN = { wish: { mode: "category", method: "own" } };

export const STEPS = [
  {
    from: 10,
    minutes: 2,
    title: "Draw",
    say: "One of you draws a thing, line by line. Photos follow while the pen moves; nobody needs to draw well.",
    ask: "What will come first? Say it before the pen moves.",
    reveal: "The page searches again several times a second, so every line is a new question.",
    begin: [{ tool: "clear" }, OWN, { view: "photos" }],
    deeds: [{ label: "Let a bicycle draw itself", actions: [{ draw: "bicycle" }] }],
  },
  {
    from: 10,
    minutes: 1,
    title: "Look at the photos",
    say: "The best photo stands first. The bar under each shows how far it stands out from the average photo, for the model.",
    ask: "Which photo would you have put first? Where do you and the model disagree?",
    reveal:
      "The model turns drawing and photo into lists of numbers; near numbers count as alike. Things of one outline often come near each other, whatever they are for.",
    begin: [{ view: "photos" }, { draw: "cup", ifEmpty: true }],
    deeds: [{ label: "Open the first photo", actions: [{ open: "photo" }] }],
  },
  {
    from: 10,
    minutes: 2,
    title: "What the model sees",
    say: "The small picture at the top is all that the model gets: black lines of one width, fitted to a square.",
    ask: "We make the drawing tiny and move it into a corner. Will the photos change?",
    reveal:
      "They stay: every drawing is fitted to the same square first. Size, place, speed and the order of the lines are lost on the model.",
    begin: [{ view: "photos" }, { draw: "cup", ifEmpty: true }],
    deeds: [
      { label: "Make it tiny", actions: [{ harm: "tiny" }] },
      { label: "Large again", actions: [{ tool: "fit" }] },
    ],
  },
  {
    from: 20,
    minutes: 3,
    title: "Which strokes matter",
    say: "Open a photo and look at Strokes: each stroke is left out once, and what the score loses is what it is worth.",
    ask: "Which stroke will matter most for the first photo? Bet before you look.",
    reveal:
      "A stroke that many things share tells little. Some even harm: without them, the photo would come closer.",
    begin: [OWN, { view: "photos" }, { draw: "bicycle", ifEmpty: true }],
    deeds: [{ label: "Open its strokes", actions: [{ open: "strokes" }] }],
  },
  {
    from: 45,
    minutes: 4,
    title: "Rank while drawing",
    say: "The same photo, stroke by stroke: how far up the list it stood after each of them.",
    ask: "After how many strokes did you know what it is? And the model?",
    reveal: "Half of the strokes are often enough: the first ones make the outline, the later ones tell one from another.",
    begin: [{ view: "photos" }, { draw: "bicycle", ifEmpty: true }],
    deeds: [{ label: "Open its rank", actions: [{ open: "rank" }] }],
  },
  {
    from: 10,
    minutes: 2,
    title: "What is it, or which one is it?",
    say: "Category-level asks what you drew. Fine-grained takes one category and asks which of its photos you drew.",
    ask: "Draw armrests onto the chair. In which of the two does the order of the chairs change more clearly?",
    reveal:
      "Fine-grained compares chairs with chairs only, so that what tells one from another decides. Its category is assumed from the drawing, and may be wrong.",
    begin: [{ view: "photos" }, { draw: "chair" }, { wish: { mode: "fine-grained" } }],
    deeds: [
      { label: "Category-level", actions: [{ wish: { mode: "category" } }] },
      { label: "Fine-grained", actions: [{ wish: { mode: "fine-grained" } }] },
    ],
  },
  {
    from: 10,
    minutes: 2,
    title: "Zero-shot",
    say: "The method learnt from drawings of some categories only. Zero-shot means that it also has to find the others.",
    ask: "Find a category here that it never learnt from, and draw it. Does it come up?",
    reveal:
      "Often it does: how lines stand for things carries over from one thing to another. Not always, as you may have seen.",
    begin: [OWN, { view: "categories" }],
    deeds: [{ label: "Let a lamp draw itself", actions: [{ view: "photos" }, { draw: "lamp" }] }],
  },
  {
    from: 20,
    minutes: 4,
    title: "Plain and learnt prompts",
    say: "Plain CLIP learnt pictures by their names; nobody showed it which photo a drawing stands for. The others leave it as it is and add a few numbers, prompts, that learn just that.",
    ask: "Where do the methods disagree about this drawing, and who is right?",
    reveal: "Prompts help on average, not for every drawing. One example proves nothing: one has to count.",
    begin: [{ wish: { mode: "category" } }, { draw: "elephant", ifEmpty: true }, { view: "compare" }],
    deeds: [
      { label: "Plain CLIP alone", actions: [{ view: "photos" }, { wish: { mode: "category", method: "plain" } }] },
      { label: "With prompts again", actions: [{ view: "photos" }, OWN] },
    ],
  },
  {
    from: 45,
    minutes: 4,
    title: "A map of the gallery",
    say: "Every photo is a dot, and near dots are alike for the model. The drawing moves through them as it grows.",
    ask: "Where does the drawing begin, where does it end, and who are its neighbours?",
    reveal:
      "The map presses hundreds of directions into two, so neighbours on the map need not be neighbours in the list.",
    begin: [OWN, { draw: "car", ifEmpty: true }, { view: "map" }],
    deeds: [{ label: "Let a flower draw itself", actions: [{ draw: "flower" }] }],
  },
  {
    from: 20,
    minutes: 3,
    title: "Break it",
    say: "What makes it fail? Turn the drawing upside down, press it flat, write a word instead.",
    ask: "Predict first: what will it find when the lamp stands on its head?",
    reveal: "It goes by how things usually stand. In the everyday gallery a lamp on its head looks like a sink or a toilet.",
    begin: [OWN, { draw: "lamp" }, { view: "class", part: "limits" }],
    deeds: [{ label: "Turn it upside down", actions: [{ attempt: "upsideDown" }] }],
  },
  {
    from: 45,
    minutes: 7,
    title: "The game",
    say: "Two teams draw the same photo, one after the other. The better rank wins the round; best of five.",
    ask: "What tells this one from all the others of its kind? Plan your first stroke.",
    reveal: "What only this one has moves it up. What all of them have moves all of them.",
    begin: [OWN, { view: "class", part: "game" }, { game: 2 }],
    deeds: [{ label: "Begin anew", actions: [{ view: "class", part: "game" }, { game: 2 }] }],
  },
  {
    from: 45,
    minutes: 6,
    title: "Count",
    say: "One drawing proves nothing. Draw, say what it was meant to be, record it, and let the next one draw.",
    ask: "Of how many of our drawings will the first photo be right? Guess before you count.",
    reveal: "That share is called Acc@1. Of ten drawings one is a tenth, so it moves a lot by luck.",
    begin: [OWN, { view: "class", part: "scores" }],
    deeds: [{ label: "Let a guitar draw itself", actions: [{ draw: "guitar" }] }],
  },
  {
    from: 45,
    minutes: 4,
    title: "Whose pictures?",
    say: "The everyday gallery has no spider. The page shows the nearest photos all the same, and above them a doubt: perhaps nothing here fits.",
    ask: "It has no octopus either. Will it doubt that one, too? Who chose the pictures that it learnt from, and who is left out?",
    reveal:
      "The method that the page begins with has no doubt about the octopus: it finds an ape, and is wrong. Most things that are lacking slip through like that. Ask of every such program: learnt from what, tested on what, and wrong at whose cost?",
    begin: [OWN, { view: "photos" }, { draw: "spider" }],
    deeds: [{ label: "Let an octopus draw itself", actions: [{ draw: "octopus" }] }],
  },
  {
    from: 10,
    minutes: 1,
    title: "What you have seen",
    say: "A drawing and a photo become lists of numbers, and near numbers count as alike. The model sees lines in a square: nothing of their size, place or speed. It finds things that it never learnt from, often but not always: nearest does not mean right.",
    ask: "Which of the three would you not have guessed at the beginning?",
    begin: [OWN, { view: "photos" }],
    deeds: [
      { label: "Play the game", actions: [{ view: "class", part: "game" }] },
      { label: "Draw your own", actions: [{ view: "photos" }, { tool: "clear" }] },
    ],
  },
];

/** The steps of a lesson of so many minutes. */
export const stepsOf = (minutes) => STEPS.filter(({ from }) => from <= minutes);
