// The name at the head of the page, in the visitor's language.

import { say } from "../shared/say.js";
import { translate } from "../shared/translate.js";

export function mount({ element }) {
  document.title = say("zsbir: photos follow your pen");
  translate(element);
}
