// What the word finds by itself, so that anybody can see what the model makes of it.

import { ask, newest } from "../shared/ask.js";
import { now } from "../shared/question.js";
import { say } from "../shared/say.js";
import { listen } from "../shared/signals.js";
import { words } from "../results/words.js";

/** Fill `line`; the result tells it the word. */
export function attachAlone(line) {
  let word = "";
  let asked = "";

  const find = newest(
    async () => (word ? { word, ...(await ask("word", { sheet: {}, more: { word } })) } : null),
    (found) => (line.textContent = found ? told(found) : ""),
    () => (line.textContent = asked = ""), // whatever is wrong, the search says it too
  );

  function update() {
    const { gallery, method, mode } = now.settings;
    const key = JSON.stringify([word, gallery, method, mode]);
    if (key === asked || !gallery) return;
    asked = key;
    find();
  }

  listen("settings", update);
  return (given) => {
    word = given;
    update();
  };
}

function told({ word, finds, doubtful }) {
  if (!finds.length) return "";
  const values = { word, things: finds.map(words).join(", ") };
  return doubtful
    ? say("Perhaps the model does not know “{word}”. Alone, it finds: {things}.", values)
    : say("“{word}” alone finds: {things}.", values);
}
