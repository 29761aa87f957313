// The menu of what one can take along: a link, files, and a clean sheet for the next person.

import { now } from "../shared/question.js";
import { relay, say } from "../shared/say.js";
import { writeLink } from "./address.js";
import { afresh } from "./afresh.js";
import { onPaper } from "./picture.js";
import { isEmpty } from "./sheet.js";
import { isLong, LONGEST } from "./strokes/link.js";
import { packed } from "./strokes/pack.js";
import { SIDE } from "./strokes/geometry.js";

const PNG_SIDE = 1200;
const isFramed = window.parent !== window;

/** Fill the menu whenever it opens; the result opens it. */
export function attachShare(root, sheet, notice, server) {
  const menu = root.querySelector(".menu");
  const field = menu.querySelector("input");
  const about = menu.querySelector(".about-link");
  const copy = menu.querySelector("[data-copy]");

  async function fill() {
    const { strokes, picture } = sheet.drawing;
    const link = await writeLink(location, strokes, now.settings, isFramed);
    field.value = link ?? "";
    copy.setAttribute("aria-disabled", !link);
    about.textContent = aboutLink(link, picture, strokes);
    for (const button of menu.querySelectorAll("[data-save]")) {
      const can = button.dataset.save === "png" ? !isEmpty(sheet.drawing) : strokes.length > 0;
      button.setAttribute("aria-disabled", !can);
    }
  }

  async function copyLink() {
    if (!field.value) return;
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy"); // pages without https, and frames that may not
    }
    about.textContent = say("Copied.");
  }

  async function save(format) {
    const name = `drawing.${format}`;
    if (format === "png") return onPaper(sheet.drawing, PNG_SIDE).toBlob((blob) => download(blob, name));
    const drawing = { width: SIDE, height: SIDE, strokes: packed(sheet.drawing.strokes) };
    const { text, trouble } = await server.write_drawing({ drawing, format });
    if (trouble) notice.complain(relay(trouble));
    else download(new Blob([text], { type: format === "svg" ? "image/svg+xml" : "application/x-ndjson" }), name);
  }

  menu.addEventListener("click", (event) => {
    const pressed = event.target.closest("button");
    if (!pressed || pressed.getAttribute("aria-disabled") === "true") return;
    if ("copy" in pressed.dataset) copyLink();
    else if (pressed.dataset.save) save(pressed.dataset.save).catch(() => notice.complain(say("The file could not be made.")));
    else if ("afresh" in pressed.dataset) afresh();
  });
  menu.addEventListener("toggle", (event) => event.newState === "open" && fill());
  sheet.addEventListener("change", () => menu.matches(":popover-open") && fill());
  return () => menu.togglePopover();
}

function aboutLink(link, picture, strokes) {
  const most = { characters: LONGEST };
  if (!link) return say("This drawing is too large for a link of {characters} characters. Save it as SVG.", most);
  if (picture) return say("A picture cannot travel in a link: strokes and settings do.");
  if (!strokes.length) return say("The link carries the settings. Draw, and it carries the drawing too.");
  const length = { characters: link.length };
  if (isLong(link)) return say("{characters} characters: some chats and mails cut a link of this length.", length);
  return say("Carries the drawing and the settings in {characters} characters. The server keeps nothing.", length);
}

function download(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
