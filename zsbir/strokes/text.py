"""A drawing as text in any of the formats, told apart by how it begins."""

from __future__ import annotations

import json
from typing import Any

from zsbir.errors import DrawingError
from zsbir.strokes import limits, page, quickdraw
from zsbir.strokes.stroke import Stroke


def parse_text(text: str | bytes) -> tuple[list[Stroke], Any, Any]:
    """Read an SVG, the page's JSON, or the first drawing of Quick, Draw!'s ndjson lines.

    Returns:
        Strokes, canvas width and canvas height; the size is left to `Drawing` to check.

    Raises:
        DrawingError: the text is none of them, broken, or larger than `zsbir.strokes.limits` allows.
    """
    limits.check_bytes(text)
    if isinstance(text, bytes):
        text = text.decode("utf-8-sig", errors="replace")
    text = text.lstrip("\ufeff \t\r\n")
    if text.startswith("<"):
        from zsbir.strokes.svg import parse_svg  # its library is slow to import and rarely needed

        return parse_svg(text)
    record = _first_record(text)
    if "strokes" in record:
        return page.parse_page(record)
    if "drawing" in record:
        return quickdraw.parse_quickdraw(record)
    raise DrawingError(
        "The file is no drawing that can be read. Use SVG, Quick, Draw! ndjson or the page's JSON."
    )


def _first_record(text: str) -> dict[str, Any]:
    """Decode the whole text, or its first line where every line is a record; {} if it is neither."""
    for part in (text.partition("\n")[0], text):
        try:
            record = json.loads(part)
        except (ValueError, RecursionError):
            continue
        if isinstance(record, dict):
            return record
    return {}
