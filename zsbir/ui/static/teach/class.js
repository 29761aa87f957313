// What a teacher fills a lesson with: the guided lesson, the game, what breaks it, and the class's numbers.

import { make } from "../results/words.js";
import { say } from "../shared/say.js";
import { attachTabs } from "../shared/tabs.js";
import { mountGame } from "./game/game.js";
import { foot } from "./foot.js";
import { mountLessons } from "./lesson/choose.js";
import { mountLimits } from "./limits/limits.js";
import { room } from "./room.js";
import { mountScores } from "./scores/scores.js";

const PARTS = [
  { name: "lesson", title: "Lesson", mount: mountLessons },
  { name: "game", title: "Target game", mount: mountGame },
  { name: "limits", title: "Break it", mount: mountLimits },
  { name: "scores", title: "Scores", mount: mountScores },
];

/** Fill the Class tab; its parts stay as they are while others are shown. */
export function mount(panel) {
  panel.classList.add("class");
  const chooser = panel.appendChild(make("div", "class-parts"));
  chooser.setAttribute("role", "tablist");
  chooser.setAttribute("aria-label", say("Parts of the class"));
  const panels = {};
  const parts = {};
  for (const { name, mount } of PARTS) {
    panels[name] = panel.appendChild(make("div", `class-part part-${name}`));
    parts[name] = mount(panels[name]);
  }
  const mark = attachTabs(chooser, "zs-class", PARTS, panels, choose);
  panel.append(foot());

  function choose(name) {
    room.part = name;
    update();
  }

  function update() {
    mark(room.part);
    parts[room.part].update();
  }

  return { update };
}
