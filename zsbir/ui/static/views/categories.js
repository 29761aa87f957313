// Seen or unseen: every category of the gallery, and whether the method learnt from drawings of it.

import { ask, newest } from "../shared/ask.js";
import { now } from "../shared/question.js";
import { say } from "../shared/say.js";
import { make, words } from "../results/words.js";

export function mount(panel) {
  const about = panel.appendChild(make("p", ""));
  const list = panel.appendChild(make("ul", "categories"));
  let shown = "";

  const load = newest(() => ask("categories"), show, (sentence) => (about.textContent = sentence));

  function show({ categories, zero_shot }) {
    const unseen = categories.filter(({ status }) => status !== "sketches").length;
    const counted = say("{unseen} of {all} categories are unseen.", { unseen, all: categories.length });
    about.textContent = `${say(zero_shot)} ${counted}`;
    list.replaceChildren(...categories.map(entry));
  }

  function update() {
    const key = JSON.stringify(now.settings);
    if (key === shown) return;
    shown = key;
    load();
  }

  return { update };
}

function entry({ name, status, photos }) {
  const item = make("li", status === "sketches" ? "learnt" : "unseen");
  item.append(make("b", "", words(name)), make("small", "", String(photos)));
  return item;
}
