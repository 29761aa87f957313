// What the numbers mean.

import { make } from "../../results/words.js";
import { say } from "../../shared/say.js";
import { K } from "./records.js";

const TERMS = [
  ["Rank", "The place in the list, counted from 1. Of a drawing: that of the first right photo among those that the page shows. Of the game: that of the very photo, among all photos of the gallery, which is the large number while you draw, and among those of its category alone."],
  [`P@${K}`, "Precision: the share of the first {k} photos that show what was meant. Where the gallery has fewer than {k} such photos, it cannot reach 100 %."],
  ["Acc@1", "Accuracy: whether the first photo is right. In the game, right is the very photo, first in its category."],
  ["AP", "Average precision: the precision at the rank of each right photo, summed, over how many could have been right. It rewards right photos that stand early. Counted down to as many photos as the page shows."],
  ["RR", "Reciprocal rank: 1 divided by the rank, so 1 for the first place, 0.5 for the second, 0.33 for the third; 0 if no photo that is shown is right. In the game, Acc@1 and RR are of the rank in the photo's category."],
  ["Guessing", "What chance alone gives on average in the game. Among n photos of a category, Acc@1 is 1/n and RR is (1 + 1/2 + … + 1/n) / n: 33 % and 0.61 among three photos. Only what is clearly above it tells anything of a drawing or a method."],
];

export function definitions() {
  const part = make("details", "unfold definitions");
  const list = make("dl", "");
  for (const [term, meaning] of TERMS) list.append(make("dt", "", say(term)), make("dd", "", say(meaning, { k: K })));
  const means = make("p", "", say("A mean over all drawings bears the letter m in papers: mAP, and MRR for the mean of RR. Means of few drawings move a lot by luck."));
  part.append(make("summary", "", say("What the numbers mean")), list, means);
  return part;
}
