"""The drawing sheet: a component whose value is strokes."""

from __future__ import annotations

from typing import Any

import gradio as gr
from gradio.components.base import Component
from gradio.data_classes import GradioModel
from pydantic import ConfigDict, Field

from zsbir.ui.assets import module, static
from zsbir.ui.formats import read_drawing, trace_picture, write_drawing


class StrokeValue(GradioModel):
    """One stroke: x and y in canvas units, times in milliseconds, pressures in [0, 1]."""

    x: list[float]
    y: list[float]
    t: list[float] | None = None
    p: list[float] | None = None


class SheetValue(GradioModel):
    """What the sheet sends.

    `picture` is a data URL of an uploaded sketch with any strokes on it, `seq` the number of the drawing.
    Once Python has answered it, the sheet sends its number alone, with `kept`.
    """

    model_config = ConfigDict(extra="forbid")

    width: float = 600
    height: float = 600
    strokes: list[StrokeValue] = Field(default_factory=list)
    picture: str | None = None
    seq: int = 0
    kept: bool = False


EXAMPLE = {"width": 600, "height": 600, "strokes": [{"x": [100, 500], "y": [100, 500]}]}


class Sketchpad(gr.HTML):
    """A sheet with pen, stroke eraser, undo and redo.

    `input` fires for whatever changes the drawing, `wish` when a link or a lesson brings settings with it.
    """

    data_model = SheetValue

    def __init__(self, *, elem_id: str | None = None):
        super().__init__(
            None,
            html_template=static("sheet/sheet.html"),
            css_template=static("sheet/sheet.css", "sheet/menu.css"),
            js_on_load=module("sheet/main.js", "input", "wish"),
            server_functions=[read_drawing, write_drawing, trace_picture],
            apply_default_css=False,
            elem_id=elem_id,
        )

    def api_info(self) -> dict[str, Any]:
        """The schema of the value; gr.HTML would say that it is a string."""
        return Component.api_info(self)

    def example_payload(self) -> dict[str, Any]:
        """One diagonal stroke."""
        return EXAMPLE

    def example_value(self) -> dict[str, Any]:
        """One diagonal stroke."""
        return EXAMPLE
