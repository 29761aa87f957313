// What the methods are, for those who want to know what is compared.

import { say } from "../shared/say.js";
import { make } from "../results/words.js";

const PROMPT = say(
  "A prompt is a few numbers that were learnt, and that the frozen network reads beside the picture or the words: an instruction that nobody has written.",
);
const METHODS = {
  plain: say(
    "The frozen backbone by itself, without any prompt. Which network that is, and what it saw, stands in Categories; the one that comes along is this project's own small one, not OpenAI's.",
  ),
  "clip-at": say("Prompts beside the patches of a picture, and the network's LayerNorms. At category level sketches and photos have their own, fine-grained they share them."),
  splip: say("Prompts for the words and for the pictures that learn from each other. Once learnt they stay the same for every drawing."),
  "dp-clip": say("Prompts and scales of channels made anew for each category, of its name and two of its photos. It tells apart what is inside of one category."),
  "deep-dual": say("This project's own: prompts in every layer, LayerNorms and biases. Fine-grained it also looks at where things are in the picture."),
};

/** A line that unfolds; `show(ways)` tells of the methods that may be compared. */
export function attachMethods(panel) {
  const part = panel.appendChild(make("details", "unfold definitions methods"));
  const list = make("dl", "");
  part.append(make("summary", "", say("What the methods are")), make("p", "", PROMPT), list);

  return {
    part,
    show(ways) {
      const names = new Map(ways.map(({ method, name }) => [method, name]));
      const known = Object.entries(METHODS).filter(([method]) => names.has(method));
      list.replaceChildren(...known.flatMap(([method, told]) => [make("dt", "", names.get(method)), make("dd", "", told)]));
    },
  };
}
