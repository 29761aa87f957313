"""The page's languages: English stands in the code, static/languages/*.json have the others by it."""

from __future__ import annotations

import json
import unicodedata
from functools import cache
from typing import Any

import gradio as gr
from gradio.i18n import I18nData

from zsbir.modes import READABLE_MODES
from zsbir.ui.assets import static

LANGUAGES = {"en": "English", "de": "Deutsch", "fr": "Français"}
# What Gradio's own controls say; everything else is said by the page's scripts (static/shared/say.js).
LABELS = ("Gallery", "Method", "Photos", "Search", "Category", *READABLE_MODES.values())


@cache
def translations(language: str) -> dict[str, str]:
    """The sentences of a language by the English ones; English has none of its own."""
    return {} if language == "en" else json.loads(static(f"languages/{language}.json"))


def labels() -> gr.I18n:
    """What Gradio translates: `LABELS`, for `launch`."""
    return gr.I18n(
        **{
            language: {_key(text): translations(language).get(text, text) for text in LABELS}
            for language in LANGUAGES
        }
    )


def label(text: str) -> I18nData:
    """One of `LABELS`, for a Gradio control."""
    if text not in LABELS:
        raise KeyError(f"{text!r} is none of the labels that are translated; add it to LABELS.")
    return I18nData(_key(text))


def asked(request: gr.Request | None) -> str:
    """The language that a page's address asks for, ?lang=de; "" if none that there is."""
    language = (request.query_params.get("lang") or "") if request else ""
    return _base(language) if _base(language) in LANGUAGES else ""


def spoken(request: gr.Request | None) -> str:
    """The language that a visitor reads, chosen as static/shared/say.js does."""
    wanted = request.headers.get("accept-language", "") if request else ""
    preferred = [_base(part.partition(";")[0].strip()) for part in wanted.split(",")]
    return asked(request) or next((language for language in preferred if language in LANGUAGES), "en")


def said(language: str, sentence: str, **values: Any) -> str:
    """A sentence in a language, with its values filled in; English where nobody has translated it."""
    return translations(language).get(sentence, sentence).format(**values)


def named(language: str, name: str) -> str:
    """A category's name in a language, with a capital."""
    words = translations(language).get(name.replace("_", " "), name.replace("_", " "))
    return words[:1].upper() + words[1:]


def unaccented(text: str) -> str:
    """What names are ordered by: "École" stands among those with E."""
    letters = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def relabelled(language: str, *texts: str) -> list[dict[str, Any]]:
    """Updates of labels to a language that is not the browser's, the only one that Gradio goes by."""
    return [gr.update(label=said(language, text)) for text in texts]


def _base(tag: str) -> str:
    return tag.lower().partition("-")[0]


def _key(text: str) -> str:
    # Gradio has words of its own, such as "gallery", which must not take the place of ours.
    return f"zsbir_{text}"
