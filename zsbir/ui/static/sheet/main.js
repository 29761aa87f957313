// The sheet: joins the drawing to the pen, the tools, the page and Python.

import "../shared/question.js"; // hears of the drawing from the start
import { listen } from "../shared/signals.js";
import { translate } from "../shared/translate.js";
import { readLink, withoutDrawing } from "./address.js";
import { attachKeep, kept } from "./keep.js";
import { Notice } from "./notice.js";
import { attachOpen } from "./open.js";
import { attachPen } from "./pen.js";
import { Replay } from "./replay.js";
import { Sender } from "./sender.js";
import { attachShare } from "./share.js";
import { isEmpty, Sheet } from "./sheet.js";
import { attachTools } from "./tools.js";
import { attachView } from "./view.js";

/** Bring the component to life: `input()` asks about the drawing, `wish(settings)` changes settings first. */
export function mount({ element, props, server, input, wish }) {
  const root = element.querySelector(".pad");
  translate(root);
  const sheet = new Sheet();
  const sender = new Sender(sheet, props, input);
  const soon = () => sender.soon();
  const notice = new Notice(root, sheet);
  const replay = new Replay(sheet, soon);
  const open = attachOpen(root, sheet, replay, notice, server);
  const share = attachShare(root, sheet, notice, server);
  const tool = attachTools(root, sheet, replay, { open, share });
  attachPen(root.querySelector("canvas"), sheet, { tool, soon });
  attachView(root, sheet);

  /** Begin with what this tab kept. */
  async function begin() {
    const before = await kept();
    if (before) sheet.restore(before.drawing);
    attachKeep(sheet);
    const [visit] = performance.getEntriesByType("navigation");
    await follow(before?.settings ?? {}, visit?.type !== "navigate");
  }

  /** Go where the address leads, which is searched with the settings that come with it. */
  async function follow(settings = {}, again = false) {
    try {
      const link = await readLink(location);
      if (link.strokes) sheet.restore({ strokes: link.strokes, picture: null });
      history.replaceState(null, "", withoutDrawing(location));
      // A page that is loaded again goes on with what was chosen on it.
      ask(again ? { ...link.settings, ...settings } : { ...settings, ...link.settings });
    } catch (error) {
      notice.complain(error.message);
      ask(settings);
    }
  }

  function ask(settings) {
    if (!Object.keys(settings).length && isEmpty(sheet.drawing)) return;
    sender.put();
    wish(settings);
  }

  listen("wish", ask);
  window.addEventListener("hashchange", () => follow());
  begin();
  root.dataset.ready = "";
}
