// What is loading or loaded, as text; never as markup.

import "./choosers.js";

import { make } from "../results/words.js";
import { relay, say } from "../shared/say.js";

export function mount({ element, props, watch }) {
  const line = element.querySelector(".zs-status");
  const using = element.appendChild(make("p", "zs-using")); // for projectors
  function tell() {
    const { state = "loading", says = [say("Loading the model")], using: used } = props.value ?? {};
    line.dataset.state = state;
    line.textContent = says.map(relay).join(", ");
    using.textContent = used ? say("{gallery}, searched with {method}", used) : "";
  }
  watch("value", tell);
  tell();
}
