// A word beside the sketch: typed or not, and how much it counts.

import { say } from "../shared/say.js";
import { translate } from "../shared/translate.js";
import { attachAlone } from "./alone.js";

const TYPING = 350; // milliseconds without a key before the word counts
const SLIDING = 120; // milliseconds between searches while the slider moves

/** Bring the field to life: `input()` asks with the word. */
export function mount({ element, props, watch, input }) {
  translate(element);
  const [field, slider] = element.querySelectorAll("input");
  const [word, more, weight] = [".word", ".more", ".weight"].map((name) => element.querySelector(name));
  const alone = attachAlone(element.querySelector(".alone"));
  let timer = null;

  function show() {
    const { word = "", weight = props.usual } = props.value ?? {};
    if (document.activeElement !== field) field.value = word;
    if (document.activeElement !== slider) slider.value = weight;
    unfold();
    alone(word);
  }

  function unfold() {
    const isThere = field.value.trim() !== "";
    weight.hidden = !isThere;
    word.classList.toggle("told", isThere);
    const share = Math.round(100 * slider.value);
    slider.setAttribute("aria-valuetext", say("{drawing} % drawing, {word} % word", { drawing: 100 - share, word: share }));
  }

  function send() {
    clearTimeout(timer);
    timer = null;
    const now = { word: field.value.trim(), weight: Number(slider.value) };
    const { word: before = "", weight: counted = props.usual } = props.value ?? {};
    if (now.word === before && (now.weight === counted || !before)) return;
    props.value = now;
    alone(now.word);
    input();
  }

  more.addEventListener("click", () => {
    word.classList.add("open");
    field.focus();
  });

  field.addEventListener("input", () => {
    unfold();
    clearTimeout(timer);
    timer = setTimeout(send, TYPING);
  });
  field.addEventListener("keydown", ({ key }) => key === "Enter" && send());
  field.addEventListener("change", send);
  slider.addEventListener("input", () => {
    unfold();
    timer ??= setTimeout(send, SLIDING);
  });
  slider.addEventListener("change", send);
  watch("value", show);
  show();
}
