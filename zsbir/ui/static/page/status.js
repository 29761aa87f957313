// What is loading or loaded, as text; never as markup.

import "./choosers.js";

import { relay, say } from "../shared/say.js";

export function mount({ element, props, watch }) {
  const line = element.querySelector(".zs-status");
  function tell() {
    const { state = "loading", says = [say("Loading the model")] } = props.value ?? {};
    line.dataset.state = state;
    line.textContent = says.map(relay).join(", ");
  }
  watch("value", tell);
  tell();
}
