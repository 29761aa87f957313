"""A drawing: strokes on a canvas, read from and written to every format that zsbir knows."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from zsbir.errors import DrawingError
from zsbir.strokes import limits, page, quickdraw
from zsbir.strokes.render import DOT, LINE_WIDTH, MARGIN, fit_strokes, render_strokes
from zsbir.strokes.simplify import keep_points
from zsbir.strokes.stroke import MAX_COORDINATE, Stroke

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PIL import Image


@dataclass(frozen=True)
class Drawing:
    """Strokes in drawing order on a canvas; checked, immutable and equal by value.

    Attributes:
        strokes: the strokes, none for an empty drawing.
        width: of the canvas, in the strokes' unit, > 0. Strokes may stick out of it.
        height: of the canvas, likewise.

    Raises:
        DrawingError: too many strokes or points, or a canvas without a sensible size.
    """

    strokes: tuple[Stroke, ...]
    width: float
    height: float

    def __post_init__(self) -> None:
        limits.check_counts(len(stroke) for stroke in self.strokes)
        for size in (self.width, self.height):
            number = isinstance(size, int | float | np.number) and not isinstance(size, bool)
            if not (number and 0 < size <= MAX_COORDINATE):
                raise DrawingError(
                    f"The canvas size must be two numbers above 0 and up to {MAX_COORDINATE:g}."
                )
        object.__setattr__(self, "strokes", tuple(self.strokes))
        object.__setattr__(self, "width", float(self.width))
        object.__setattr__(self, "height", float(self.height))

    @classmethod
    def from_json(cls, payload: str | bytes | Mapping[str, Any]) -> Drawing:
        """Read the JSON of the page's sketchpad (see `zsbir.strokes.page`).

        Raises:
            DrawingError: the payload cannot be read as a drawing; the message says why.
        """
        return cls(*page.parse_page(payload))

    @classmethod
    def from_quickdraw(cls, record: str | bytes | Mapping[str, Any]) -> Drawing:
        """Read one ndjson line of Quick, Draw!, simplified or raw (see `zsbir.strokes.quickdraw`).

        Raises:
            DrawingError: the line cannot be read as a drawing; the message says why.
        """
        return cls(*quickdraw.parse_quickdraw(record))

    @classmethod
    def from_svg(cls, text: str | bytes) -> Drawing:
        """Read the outlines of an SVG document (see `zsbir.strokes.svg`).

        Raises:
            DrawingError: the text cannot be read as a drawing; the message says why.
        """
        from zsbir.strokes.svg import parse_svg  # its library is slow to import and rarely needed

        return cls(*parse_svg(text))

    @classmethod
    def from_text(cls, text: str | bytes) -> Drawing:
        """Read an SVG, the page's JSON or the first line of Quick, Draw! ndjson (see `zsbir.strokes.text`).

        Raises:
            DrawingError: the text cannot be read as a drawing; the message says why.
        """
        from zsbir.strokes.text import parse_text

        return cls(*parse_text(text))

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads, as plain lists and numbers."""
        return {"width": self.width, "height": self.height, "strokes": page.page_strokes(self.strokes)}

    def to_quickdraw(self, word: str | None = None, *, raw: bool = False) -> str:
        """Return one ndjson line, without the line break.

        Args:
            word: name of what is drawn, if known.
            raw: keep coordinates and times as they are. Otherwise write Quick, Draw!'s simplified
                form: fewer points, whole numbers from 0 to 255, no times.
        """
        if raw:
            return quickdraw.raw_line(self.strokes, word)
        return quickdraw.simplified_line(self.simplified().strokes, word)

    def to_svg(self) -> str:
        """Return an SVG document of the canvas that `from_svg` reads back point by point."""
        from zsbir.strokes.svg import write_svg

        return write_svg(self.strokes, self.width, self.height)

    def to_png(self, side: int = 512) -> bytes:
        """Return the rendering as a greyscale PNG file; raises DrawingError when nothing is drawn."""
        buffer = io.BytesIO()
        self.render(side).save(buffer, format="PNG")
        return buffer.getvalue()

    def render(
        self, side: int = 224, *, line_width: float = LINE_WIDTH, margin: float = MARGIN
    ) -> Image.Image:
        """Draw the strokes as the models see them: black on white, fitted, centred, antialiased.

        Where on the canvas and how large something was drawn does not matter. Only what is smaller
        than 1/200 of the canvas is not enlarged: a click stays a dot.

        Args:
            side: of the picture, in pixels.
            line_width: share of the side.
            margin: share of the side left free around the ink.

        Returns:
            PIL image of mode "L", side x side; 255 is paper, 0 is ink.

        Raises:
            DrawingError: the drawing is empty.
        """
        from PIL import Image

        if self.is_empty:
            raise DrawingError("Nothing has been drawn yet.")
        smallest = DOT * max(self.width, self.height)
        points = [stroke.points for stroke in self.strokes]
        fitted = fit_strokes(points, side, line_width=line_width, margin=margin, smallest=smallest)
        return Image.fromarray(render_strokes(fitted, side, line_width * side))

    def simplified(self, tolerance: float = 1 / 128) -> Drawing:
        """Return the drawing with as few points as keep its look; times and pressures stay with them.

        Args:
            tolerance: how far a line may move, as a share of the drawing's longer side.
        """
        if self.is_empty:
            return self
        left, top, right, bottom = self.bounds
        distance = tolerance * max(right - left, bottom - top)
        return replace(self, strokes=tuple(_thinned(stroke, distance) for stroke in self.strokes))

    def placed(self, side: float, margin: float = MARGIN) -> Drawing:
        """Return the drawing on a square canvas, as large as fits into it and centred; a dot stays a dot.

        Args:
            side: of the canvas, in units of its own.
            margin: share of the side left free on every side.
        """
        if self.is_empty:
            return Drawing((), side, side)
        smallest = DOT * max(self.width, self.height)
        points = [stroke.points for stroke in self.strokes]
        fitted = fit_strokes(points, side, line_width=0, margin=margin, smallest=smallest)
        moved = zip(fitted, self.strokes, strict=True)
        return Drawing(tuple(replace(stroke, points=points) for points, stroke in moved), side, side)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the points; raises DrawingError when nothing is drawn."""
        if self.is_empty:
            raise DrawingError("Nothing has been drawn yet.")
        points = np.concatenate([stroke.points for stroke in self.strokes])
        left, top = points.min(axis=0).tolist()
        right, bottom = points.max(axis=0).tolist()
        return left, top, right, bottom

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to see."""
        return not self.strokes

    def __len__(self) -> int:
        return len(self.strokes)


def _thinned(stroke: Stroke, distance: float) -> Stroke:
    keep = keep_points(stroke.points, distance)
    columns = (stroke.points, stroke.times, stroke.pressures)
    return Stroke(*(None if values is None else values[keep] for values in columns))
