// Ways in besides the pen: a file that is chosen, dropped or pasted, a link that is pasted, an example.

import { relay, say } from "../shared/say.js";
import { isTyping, listen } from "../shared/signals.js";
import { readLink } from "./address.js";
import { asInk, asPaper, openPicture } from "./picture.js";

const ARRIVES_IN = 900; // milliseconds in which strokes from elsewhere draw themselves
const MOST_TEXT = 2_000_000; // characters of a drawing as text; of an ndjson file the first line is enough
const TEXT_FILE = /\.(svg|ndjson|json)$|svg|json/i; // by its name, or by its type

/** Let files and links in; the result opens the file chooser. */
export function attachOpen(root, sheet, replay, notice, server) {
  const chooser = root.querySelector("input[type=file]");
  const paper = root.querySelector(".sheet");

  async function take(file) {
    if (!file) return;
    try {
      if (TEXT_FILE.test(`${file.name} ${file.type}`)) await takeText(await file.slice(0, MOST_TEXT).text(), file);
      else await takePicture(await openPicture(file));
    } catch (error) {
      notice.complain(error.message);
    }
  }

  async function takeText(text, file = null) {
    const answer = await ask("read_drawing", { text });
    if (answer.strokes?.length) return arrive(answer);
    // An SVG without outlines may still show something: a picture inside it, or text.
    if (file && /svg/i.test(`${file.name} ${file.type}`)) return takePicture(await openPicture(file));
    throw new Error(answer.trouble ? relay(answer.trouble) : say("There are no strokes in this file."));
  }

  async function takePicture(image) {
    notice.busy(say("Reading the picture…"));
    const answer = await ask("trace_picture", { picture: asPaper(image) });
    if (answer.strokes) {
      arrive(answer);
      return notice.mention(say("The picture was traced: its lines are strokes now. Undo takes them back."));
    }
    sheet.settle();
    sheet.commit({ strokes: [], picture: asInk(image) });
    notice.mention(say("This picture is no plain line drawing, so it is searched with as it is."));
  }

  function arrive({ strokes, note }) {
    replay.arrive(strokes, ARRIVES_IN);
    if (note) notice.mention(relay(note));
    else notice.clear();
  }

  async function ask(question, value) {
    try {
      return await server[question](value);
    } catch {
      throw new Error(say("The server cannot be reached. Try again in a moment."));
    }
  }

  async function takeLink(address) {
    try {
      const { strokes } = await readLink(new URL(address));
      if (strokes) arrive({ strokes });
    } catch (error) {
      notice.complain(error.message);
    }
  }

  function paste(event) {
    if (!root.isConnected || isTyping(event.target)) return;
    const [file] = event.clipboardData.files;
    const text = event.clipboardData.getData("text/plain").trim();
    if (file) return take(file);
    if (/^https?:\S+[#&?]draw=\S+$/.test(text)) return takeLink(text);
    if (/^[<{]/.test(text)) takeText(text).catch((error) => notice.complain(error.message));
  }

  chooser.addEventListener("change", () => {
    take(chooser.files[0]);
    chooser.value = "";
  });
  paper.addEventListener("dragover", (event) => {
    event.preventDefault();
    paper.dataset.over = "";
  });
  paper.addEventListener("dragleave", () => delete paper.dataset.over);
  paper.addEventListener("drop", (event) => {
    event.preventDefault();
    delete paper.dataset.over;
    take(event.dataTransfer.files[0]);
  });
  document.addEventListener("paste", paste);
  listen("draw", arrive);
  return () => chooser.click();
}
