// At the foot of the Class tab, whatever is shown: the projector, and the change from one pupil to the next.

import { make } from "../results/words.js";
import { say } from "../shared/say.js";
import { afresh } from "../sheet/afresh.js";
import { isProjected, project } from "./projector.js";
import { room } from "./room.js";

export function foot() {
  const part = make("div", "class-foot");
  const large = Object.assign(make("button", "act", say("Projector")), { type: "button" });
  large.title = say("Large and plain, for the last row");
  const tell = () => large.setAttribute("aria-pressed", isProjected());
  large.addEventListener("click", () => {
    project(!isProjected());
    tell();
  });
  tell();
  const clean = Object.assign(make("button", "act", say("Start afresh for the next pupil")), { type: "button" });
  clean.addEventListener("click", afresh);
  const line = make("p", "class-acts");
  line.append(clean, large);
  const forgets = say(
    "Forgets the drawing and its steps, the word, the settings, the view and the game, and unless ticked the lesson's step and the class's scores.",
  );
  part.append(line, make("p", "", forgets), keeps());
  return part;
}

function keeps() {
  const group = make("p", "class-keeps");
  group.append(
    tick("lesson", say("Keep the step of the lesson")),
    tick("records", say("Keep the class's scores")),
  );
  return group;
}

function tick(name, text) {
  const label = make("label", "");
  const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: room.keeps[name] });
  box.addEventListener("change", () => (room.keeps[name] = box.checked));
  label.append(box, text);
  return label;
}
