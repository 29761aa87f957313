"""The ndjson lines of Quick, Draw!, simplified and raw.

Simplified: `"drawing": [[[x..], [y..]], ..]`, whole numbers, top left aligned, the longer side 0 to 255.
Raw: `"drawing": [[[x..], [y..], [t..]], ..]` in the screen's pixels and milliseconds.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from zsbir.errors import DrawingError
from zsbir.strokes import limits
from zsbir.strokes.page import short
from zsbir.strokes.stroke import Stroke

if TYPE_CHECKING:
    from collections.abc import Sequence

SIDE = 256  # canvas of the simplified form, whose coordinates are 0 to 255


def parse_quickdraw(record: Any) -> tuple[list[Stroke], float, float]:
    """Read one line of ndjson, as text or decoded.

    Returns:
        Strokes, canvas width and canvas height. The format names no canvas: it is 256 x 256 where
        the drawing fits into that, and else as large as the largest coordinate.

    Raises:
        DrawingError: the line is no such record, or larger than `zsbir.strokes.limits` allows.
    """
    entries = limits.sequence(limits.field(limits.read_json(record), "drawing"), '"drawing"')
    columns = [limits.sequence(entry, "Each stroke") for entry in entries]
    if any(len(entry) not in (2, 3) for entry in columns):
        raise DrawingError("Each stroke must be [[x..], [y..]] or [[x..], [y..], [t..]].")
    limits.check_counts(len(limits.sequence(entry[0], "x")) for entry in columns)
    strokes = [Stroke.from_columns(*entry) for entry in columns if entry[0] or entry[1]]
    width, height = np.max([stroke.points.max(axis=0) for stroke in strokes] or [(0, 0)], axis=0)
    return strokes, max(SIDE, float(width)), max(SIDE, float(height))


def raw_line(strokes: Sequence[Stroke], word: str | None) -> str:
    """Write one ndjson line with the coordinates as they are, and times where strokes have them."""
    drawing = [
        [short(stroke.points[:, 0]), short(stroke.points[:, 1])]
        + ([] if stroke.times is None else [short(stroke.times)])
        for stroke in strokes
    ]
    return _line(drawing, word)


def simplified_line(strokes: Sequence[Stroke], word: str | None) -> str:
    """Write one ndjson line with whole numbers, top left aligned, the longer side 0 to 255."""
    if not strokes:
        return _line([], word)
    points = np.concatenate([stroke.points for stroke in strokes])
    low = points.min(axis=0)
    extent = float((points - low).max()) or 1.0
    scaled = [np.rint((stroke.points - low) * ((SIDE - 1) / extent)).astype(int) for stroke in strokes]
    return _line([stroke.T.tolist() for stroke in scaled], word)


def _line(drawing: list[Any], word: str | None) -> str:
    record = {} if word is None else {"word": word}
    return json.dumps({**record, "drawing": drawing}, separators=(",", ":"), ensure_ascii=False)
