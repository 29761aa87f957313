"""Pictures of a drawing with some of its strokes, as the model would see them."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from zsbir.errors import DrawingError
from zsbir.strokes import LINE_WIDTH, Drawing, fit_strokes, render_strokes
from zsbir.strokes.render import DOT

if TYPE_CHECKING:
    from collections.abc import Iterable


def check_strokes(drawing: object) -> None:
    """Refuse what has no strokes.

    Raises:
        DrawingError: It is a picture, or nothing has been drawn.
    """
    if not isinstance(drawing, Drawing):
        raise DrawingError("A picture has no strokes to tell apart; draw with the pen instead.")
    if drawing.is_empty:
        raise DrawingError("Nothing has been drawn yet.")


def render_kept(drawing: Drawing, kept: Iterable[Collection[int]], side: int) -> list[Image.Image]:
    """Render a drawing several times, each with some of its strokes; ink is erased, nothing moves.

    Args:
        drawing: Not empty.
        kept: The strokes of each picture, by number from 0; none leaves the paper blank.
        side: Of the pictures, in pixels.

    Returns:
        "L" pictures of side x side; with all strokes, the one that `Drawing.render` makes.
    """
    smallest = DOT * max(drawing.width, drawing.height)
    fitted = fit_strokes([stroke.points for stroke in drawing.strokes], side, smallest=smallest)
    return [
        Image.fromarray(render_strokes([fitted[i] for i in strokes], side, LINE_WIDTH * side))
        for strokes in kept
    ]


def evenly(count: int, most: int) -> list[int]:
    """Choose at most `most` of the numbers 1 to count, evenly spread, the last one always."""
    return sorted({round(number) for number in np.linspace(count, 1, min(count, most)).tolist()})
