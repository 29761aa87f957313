"""A drawing as strokes: its formats and its one rendering; nothing here needs torch."""

from zsbir.strokes.drawing import Drawing
from zsbir.strokes.limits import MAX_BYTES, MAX_POINTS, MAX_STROKES
from zsbir.strokes.render import LINE_WIDTH, MARGIN, fit_strokes, render_strokes
from zsbir.strokes.stroke import MAX_COORDINATE, Stroke

__all__ = [
    "LINE_WIDTH",
    "MARGIN",
    "MAX_BYTES",
    "MAX_COORDINATE",
    "MAX_POINTS",
    "MAX_STROKES",
    "Drawing",
    "Stroke",
    "fit_strokes",
    "render_strokes",
]
