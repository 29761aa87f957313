"""A word beside the sketch: a small field, and a slider for how much the word counts."""

from __future__ import annotations

from typing import Any

import gradio as gr
from gradio.components.base import Component
from gradio.data_classes import GradioModel
from pydantic import ConfigDict

from zsbir.ui.answers import WEIGHT
from zsbir.ui.assets import module, static

EXAMPLE = {"word": "apple", "weight": WEIGHT}


class WordValue(GradioModel):
    """The word, "" for none, and its weight in [0, 1]."""

    model_config = ConfigDict(extra="forbid")

    word: str = ""
    weight: float = WEIGHT


class Word(gr.HTML):
    """A field, and a slider that unfolds with a word; `input` fires a moment after the last key."""

    data_model = WordValue

    def __init__(self, *, elem_id: str | None = None, render: bool = True):
        super().__init__(
            None,
            html_template=static("word/word.html"),
            css_template=static("word/word.css"),
            js_on_load=module("word/main.js", "input"),
            apply_default_css=False,
            elem_id=elem_id,
            render=render,  # Gradio makes another one, unseen, for an update that leaves it as it is
            usual=WEIGHT,
        )

    def api_info(self) -> dict[str, Any]:
        """The schema of the value; gr.HTML would say that it is a string."""
        return Component.api_info(self)

    def example_payload(self) -> dict[str, Any]:
        """An apple."""
        return EXAMPLE

    def example_value(self) -> dict[str, Any]:
        """An apple."""
        return EXAMPLE


def wished_word(word: Any, weight: Any) -> WordValue:
    """What a link or a lesson asks for, whatever stands in it; an impossible weight becomes the usual one."""
    try:
        told = float(weight)
    except (TypeError, ValueError):
        told = WEIGHT
    return WordValue(word=str(word), weight=told if 0 <= told <= 1 else WEIGHT)
