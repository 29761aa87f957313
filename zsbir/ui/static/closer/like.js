// More like this: photos like one of them in place of those that the drawing finds, and the way back.

import { ask, newest } from "../shared/ask.js";
import { now } from "../shared/question.js";
import { say } from "../shared/say.js";
import { listen, tell } from "../shared/signals.js";
import { words } from "../results/words.js";

/** Let the grid of photos follow a photo, once "like" is told, until somebody draws or goes back. */
export function attachLike(root, tiles) {
  const part = root.querySelector(".likes");
  const note = part.querySelector(".note");
  let query = null; // the photo that others are like
  let gallery = ""; // where it is
  let found = []; // the photos that are like it
  const find = newest(
    () => ask("like", { photo: query.id, more: { k: Math.max(1, now.answer?.photos.length ?? 24) } }),
    show,
    (sentence) => query && settle([], sentence),
  );

  function begin(photo) {
    [query, gallery] = [photo, now.settings.gallery];
    root.dataset.like = "";
    part.hidden = false;
    part.querySelector("h2").textContent = say("More like {title}", { title: photo.title || words(photo.category) });
    part.querySelector("img").src = `${photo.url}?side=384`;
    tell("view", { name: "photos" });
    part.querySelector("button").focus();
    again();
  }

  function again() {
    root.setAttribute("aria-busy", "true");
    find();
  }

  function show({ photos, category }) {
    if (!query) return;
    const values = { category: category && words(category) };
    const sentence = category
      ? say("The photos of {category} that the method finds most like this one. Your drawing is kept.", values)
      : say("The photos that the method finds most like this one. Your drawing is kept.");
    settle(photos, sentence);
  }

  function settle(photos, sentence) {
    root.removeAttribute("aria-busy");
    note.textContent = sentence;
    found = photos;
    tiles.show(photos);
  }

  function end() {
    if (!query) return;
    query = null;
    delete root.dataset.like;
    part.hidden = true;
    root.removeAttribute("aria-busy");
    if (now.empty || !now.answer) tiles.show([]);
    else tiles.show(now.answer.photos, !now.answer.untrained);
  }

  part.querySelector("button").addEventListener("click", () => {
    end();
    root.querySelector(".tile")?.focus();
  });
  listen("like", begin);
  listen("drawing", end);
  listen("answered", () => {
    if (gallery !== now.settings.gallery) end();
    if (!query) return;
    tiles.show(found); // another setting has brought other photos for the drawing; these wait until the way back
    again();
  });
}
