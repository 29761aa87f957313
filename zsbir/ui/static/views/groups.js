// Categories by what was learnt from them, and the search among their names.

import { relay, say } from "../shared/say.js";
import { words } from "../results/words.js";

/** The groups of categories that one may choose: a name, the words for it, and which belong; later ones are narrower. */
export const GROUPS = [
  { name: "all", title: say("All"), has: () => true },
  { name: "learnt", title: say("Learnt from"), has: ({ status }) => status === "sketches" },
  { name: "unknown", title: say("Nobody tells"), has: ({ status }) => status === "unknown" },
  { name: "unseen", title: say("Unseen by the method"), has: isUnseen },
  { name: "undrawn", title: say("Never drawn for the backbone either"), has: (one) => isUnseen(one) && one.never_drawn },
];

function isUnseen({ status }) {
  return status === "not by it";
}

/** The narrowest group that a category is in. */
export const groupOf = (category) => GROUPS.findLast(({ has }) => has(category));

/** Whether a category's name, or its English one, holds what somebody types, in any case and however words are joined. */
export const isNamed = ({ name }, typed) => [words(name), name].some((each) => plain(each).includes(plain(typed)));

const plain = (text) => text.trim().toLowerCase().replaceAll(/[\s_-]+/g, " ");

/** What zero-shot means for a method here, in sentences. */
export function summary({ categories, by, note, zero_shot, backbone, backbone_says }) {
  const count = (group) => categories.filter(GROUPS.find(({ name }) => name === group).has).length;
  const values = { by, all: categories.length, learnt: count("learnt"), backbone };
  const method = count("unknown")
    ? say("Nothing here tells which categories {by} learnt from.", values)
    : say("{by} learnt from sketches of {learnt} of these {all} categories.", values);
  const below = backbone_says
    ? say("Below it lies the frozen backbone {backbone}.", values)
    : say("Below it lies the frozen backbone {backbone}; what that saw, nothing here tells.", values);
  return [zero_shot, note, method, below, backbone_says].filter(Boolean).map(relay).join(" ");
}
