"""The JSON that the page's sketchpad sends and takes back.

`{"width": 600, "height": 600, "strokes": [{"x": [..], "y": [..], "t": [..], "p": [..]}, ..]}`, where `t`
(milliseconds) and `p` (pressure) may be missing. Other keys are ignored, strokes without points dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zsbir.strokes import limits
from zsbir.strokes.stroke import Stroke

if TYPE_CHECKING:
    from collections.abc import Iterable


def parse_page(payload: Any) -> tuple[list[Stroke], Any, Any]:
    """Read the page's JSON, as text or decoded.

    Returns:
        Strokes, canvas width and canvas height; the size is left to `Drawing` to check.

    Raises:
        DrawingError: the payload is no such JSON, or larger than `zsbir.strokes.limits` allows.
    """
    record = limits.read_json(payload)
    entries = limits.sequence(limits.field(record, "strokes"), '"strokes"')
    xs = [limits.sequence(limits.field(entry, "x"), '"x"') for entry in entries]
    limits.check_counts(map(len, xs))
    strokes = [
        Stroke.from_columns(x, limits.field(entry, "y"), entry.get("t"), entry.get("p"))
        for entry, x in zip(entries, xs, strict=True)
        if x or limits.field(entry, "y")
    ]
    return strokes, limits.field(record, "width"), limits.field(record, "height")


def page_strokes(strokes: Iterable[Stroke]) -> list[dict[str, list[float]]]:
    """Write strokes as the page's JSON has them; `parse_page` gives back the same float32 values."""
    entries = []
    for stroke in strokes:
        columns = {
            "x": stroke.points[:, 0],
            "y": stroke.points[:, 1],
            "t": stroke.times,
            "p": stroke.pressures,
        }
        entries.append({key: short(values) for key, values in columns.items() if values is not None})
    return entries


def short(values: Any) -> list[float]:
    """Convert float32 to Python floats with the fewest digits: 0.1, not 0.10000000149011612."""
    return [float(str(value)) for value in values]
