"""All that the page says, in English, as its sources have it."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

from zsbir import explain, families
from zsbir.folders import checkpoints_home
from zsbir.gallery import load_gallery
from zsbir.index import engines
from zsbir.ui import answers, events, formats, service
from zsbir.ui.assets import STATIC
from zsbir.ui.explaining import answering
from zsbir.ui.languages import LABELS

# In scripts, what stands in quotes and begins with a capital or holds a {value} is a sentence:
# much of it is data that another script says. Other text is a sentence where say("...") is around it.
QUOTED = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
SAID = re.compile(r'(?<![#.\w])say\(\s*"((?:[^"\\]|\\.)*)"')
COMMENT = re.compile(r"^\s*(//|/?\*).*$|\s// .*$", re.MULTILINE)
SENTENCE = re.compile(r"[A-Z“][a-z]|[A-Z] |.*\{\w+\}")
OTHERWISE = re.compile(
    r"Arrow\w+|Page(Up|Down)|Enter|Escape|Tab|Shift|Home|End|Atkinson .*|[A-Z]\w*[a-z][A-Z]\w*"
)
NAMES = {"zsbir", "PNG", "SVG", "ndjson", "Aa"}
SPOKEN = {"aria-label", "title", "placeholder", "alt"}


class Texts(HTMLParser):
    """All that a template shows or tells."""

    def __init__(self):
        super().__init__()
        self.texts = set()

    def handle_starttag(self, tag, attrs):
        self.texts |= {value for name, value in attrs if name in SPOKEN and value}

    def handle_data(self, data):
        if data.strip():
            self.texts.add(" ".join(data.split()))


def of_scripts() -> set[str]:
    """What static/**/*.js say."""
    found = set()
    for path in STATIC.rglob("*.js"):
        source = COMMENT.sub("", path.read_text(encoding="utf-8"))
        quoted = [text for text in QUOTED.findall(source) if SENTENCE.match(text)]
        found |= {json.loads(f'"{text}"') for text in [*quoted, *SAID.findall(source)]}
    return {text for text in found if not OTHERWISE.fullmatch(text)}


def of_templates() -> set[str]:
    """What static/**/*.html say."""
    template = Texts()
    for path in STATIC.rglob("*.html"):
        template.feed(path.read_text(encoding="utf-8"))
    return template.texts - NAMES


def of_python() -> set[str]:
    """What Python hands to the page for it to say."""
    told = {
        *LABELS,
        events.ASSUMED,
        events.READY,
        events.READY_FROM,
        *events.NOT_THERE.values(),
        events.LOADING,
    }
    told |= {events.UNEXPECTED, events.UNLOADED, formats.UNEXPECTED, formats.MORE, service.BUSY}
    told |= {answering.UNEXPECTED, answering.UNREADABLE, answers.DEAF, *families.STAND_INS.values()}
    cards = [json.loads(path.read_text("utf-8")) for path in checkpoints_home().glob("*/seen.json")]
    told |= {engines.APPROXIMATELY, *(card["says"] for card in cards)}
    return told | {explain.ZERO_SHOT, *explain.KINDS.values()}


def of_names() -> set[str]:
    """The categories of the bundled gallery, and the things it lacks that doubt may name."""
    gallery = load_gallery("everyday")
    lacking = [
        json.loads(path.read_text("utf-8"))["names"] for path in gallery.home.glob("index/*/fits.json")
    ]
    names = {*gallery.categories, *(name for names in lacking for name in names["lacking"])}
    return {name.replace("_", " ") for name in names}


def said() -> set[str]:
    """All sentences, but for those that are nothing but what is filled in."""
    sentences = of_scripts() | of_templates() | of_python()
    return {text for text in sentences if re.search(r"[A-Za-z]", re.sub(r"\{\w+\}", "", text))}
