"""How large a drawing may be, checked before any work is done on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from zsbir.errors import DrawingError
from zsbir.json_text import parse_json

MAX_STROKES = 2_000
MAX_POINTS = 20_000  # in all strokes together
MAX_BYTES = 2_000_000  # of a drawing as text


def check_bytes(text: str | bytes) -> None:
    """Refuse text that is too long to be a drawing; DrawingError says the limit."""
    if len(text) > MAX_BYTES:
        raise DrawingError(
            f"The drawing takes {len(text) / 1e6:.1f} MB; at most {MAX_BYTES / 1e6:g} MB are read. "
            "Send fewer or shorter strokes."
        )


def check_counts(lengths: Iterable[int]) -> None:
    """Refuse a drawing whose strokes have these lengths if they are too many; raises DrawingError."""
    lengths = list(lengths)
    check_totals(len(lengths), sum(lengths))


def check_totals(strokes: int, points: int) -> None:
    """Refuse too many strokes, or points in all of them; DrawingError says how many and the limit."""
    for count, limit, what in ((strokes, MAX_STROKES, "strokes"), (points, MAX_POINTS, "points")):
        if count > limit:
            raise DrawingError(
                f"The drawing has {count:,} {what}; at most {limit:,} are read. Draw or send fewer {what}."
            )


def read_json(payload: Any) -> Any:
    """Decode JSON text within the size limit; anything already decoded passes through.

    Raises:
        DrawingError: the text is too long or is not JSON.
    """
    if not isinstance(payload, str | bytes | bytearray):
        return payload
    check_bytes(payload)
    try:
        return parse_json(payload)
    except ValueError as error:
        raise DrawingError("The drawing is not valid JSON. Send it as the sketchpad does.") from error


def field(record: Any, key: str) -> Any:
    """Return `record[key]`, or raise DrawingError when there is no such thing."""
    if not isinstance(record, Mapping) or key not in record:
        raise DrawingError(f'The drawing has no "{key}". It must be a JSON object with that key.')
    return record[key]


def sequence(value: Any, what: str) -> list[Any]:
    """Return a list as it is and a tuple as a list; anything else raises DrawingError."""
    if not isinstance(value, list | tuple):
        raise DrawingError(f"{what} must be a list, not {type(value).__name__}.")
    return list(value)
