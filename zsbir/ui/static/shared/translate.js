// Text that stands in a component's template, put into the visitor's language in its place.

import { relay } from "./say.js";

const SPOKEN = ["aria-label", "title", "placeholder", "alt"];

/** Translate all text below `root`, and what its attributes say; sentences nobody translated stay English. */
export function translate(root) {
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    const sentence = text.data.trim().replace(/\s+/g, " ");
    if (sentence && relay(sentence) !== sentence) text.data = text.data.replace(text.data.trim(), () => relay(sentence));
  }
  for (const name of SPOKEN) {
    for (const element of root.querySelectorAll(`[${name}]`)) {
      element.setAttribute(name, relay(element.getAttribute(name)));
    }
  }
}
