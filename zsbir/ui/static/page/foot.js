// The foot of the page: its languages. The drawing outlives the change, as it does a reload.

import { make } from "../results/words.js";
import { language, say } from "../shared/say.js";

export function mount({ element, props }) {
  document.documentElement.lang = language;
  const nav = element.querySelector(".zs-languages");
  nav.setAttribute("aria-label", say("Language"));
  nav.replaceChildren(...Object.entries(props.languages).map(([code, name]) => link(code, name)));
}

function link(code, name) {
  const query = new URLSearchParams(location.search);
  query.set("lang", code);
  const anchor = Object.assign(make("a", "", name), { href: `?${query}${location.hash}`, lang: code });
  if (code === language) anchor.setAttribute("aria-current", "true");
  return anchor;
}
