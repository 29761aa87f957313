// Seen or unseen: every category of the gallery, whether the method learnt from drawings of it, and its photos.

import { ask, newest } from "../shared/ask.js";
import { now } from "../shared/question.js";
import { language, say } from "../shared/say.js";
import { byName, make } from "../results/words.js";
import { Category } from "./category.js";
import { GROUPS, isNamed, summary } from "./groups.js";

export function mount(panel) {
  const about = panel.appendChild(make("p", ""));
  const groups = panel.appendChild(make("fieldset", "groups"));
  const filter = attachFilter(panel, sift);
  const count = panel.appendChild(make("p", "count"));
  count.setAttribute("role", "status");
  const list = panel.appendChild(make("ul", "categories"));
  let shown = "";
  let all = []; // Category objects
  let group = "all";

  const load = newest(() => ask("categories"), show, complain);

  function show(answer) {
    about.textContent = summary(answer);
    all = byName(answer.categories, ({ name }) => name).map((category) => new Category(category));
    list.replaceChildren(...all.map(({ item }) => item));
    offer(answer.categories);
    sift();
  }

  function complain(sentence) {
    about.textContent = sentence;
    shown = "";
  }

  /** Offer the groups that have any categories, each with its sign and how many those are. */
  function offer(categories) {
    const there = GROUPS.filter(({ has }) => categories.some(has));
    if (!there.some(({ name }) => name === group)) group = "all";
    groups.replaceChildren(
      make("legend", "live", say("Show")),
      ...there.map((one) => choice(one, categories.filter(one.has).length, one.name === group, pick)),
    );
  }

  function pick(name) {
    group = name;
    sift();
  }

  /** Show the categories of the chosen group whose name holds what was typed. */
  function sift() {
    const { has } = GROUPS.find(({ name }) => name === group);
    let found = 0;
    for (const { item, category } of all) {
      item.hidden = !(has(category) && isNamed(category, filter.value));
      found += !item.hidden;
    }
    count.textContent = say("Categories: {found}", { found });
  }

  function update() {
    const { gallery, method, mode } = now.settings;
    const key = JSON.stringify([gallery, method, mode]);
    if (key === shown) return;
    shown = key;
    load();
  }

  return { update };
}

function attachFilter(panel, changed) {
  const label = panel.appendChild(make("label", "filter", say("Find a category")));
  const filter = label.appendChild(Object.assign(make("input", ""), { type: "search" }));
  filter.addEventListener("input", changed);
  return filter;
}

/** One of the groups to choose from. */
function choice({ name, title }, count, isChosen, pick) {
  const label = make("label", "group");
  const radio = Object.assign(make("input", ""), { type: "radio", name: "zs-group", value: name, checked: isChosen });
  radio.addEventListener("change", () => pick(name));
  label.append(radio, make("i", `sign ${name}`), make("span", "", title), make("small", "", count.toLocaleString(language)));
  return label;
}
