"""The page's languages: English stands in the code, static/languages/*.json have the others by it."""

from __future__ import annotations

import json

import gradio as gr
from gradio.i18n import I18nData

from zsbir.ui.assets import static

LANGUAGES = {"en": "English", "de": "Deutsch", "fr": "Français"}
# What Gradio's own controls say; everything else is said by the page's scripts (static/shared/say.js).
LABELS = ("Gallery", "Method", "Photos", "Search", "Category", "Category-level", "Fine-grained")


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


def _key(text: str) -> str:
    # Gradio has words of its own, such as "gallery", which must not take the place of ours.
    return f"zsbir_{text}"
