"""A checkpoint's `results.json`, read strictly: what training has written down beside the weights."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

from zsbir.errors import CheckpointError
from zsbir.json_text import parse_json

if TYPE_CHECKING:
    from pathlib import Path

RESULTS = "results.json"


def read_results(folder: Path, needed: Collection[str] = ()) -> dict[str, Any] | None:
    """Read what a training has left behind; None where there is no such file.

    Args:
        folder: Of the checkpoint.
        needed: Fields that have to be there, and to be of their type; others are not looked at.

    Raises:
        CheckpointError: It cannot be read, or lacks a needed field, or one of them makes no sense.
    """
    path = folder / RESULTS
    if not path.is_file():
        return None
    try:
        results = parse_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _refusal(folder, f"cannot be read ({error})") from error
    if not isinstance(results, dict):
        raise _refusal(folder, f"cannot be read (it is a {type(results).__name__}, not an object)")
    if lacking := sorted(set(needed) - results.keys()):
        raise _refusal(folder, f"lacks {', '.join(lacking)}")
    for field in sorted(needed):
        makes_sense, what = FIELDS[field]
        if not makes_sense(results[field]):
            raise _refusal(folder, f"makes no sense: {field} must be {what}, not {_short(results[field])}")
    return results


def _refusal(folder: Path, why: str) -> CheckpointError:
    return CheckpointError(f"{folder.name}/{RESULTS} {why}; train again, or delete it.")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_number(value: object) -> bool:
    return type(value) in (int, float) and abs(value) <= sys.float_info.max  # JSON knows larger ones


def _are_names(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _maps_to(makes_sense: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, dict) and all(map(makes_sense, value.values()))


FIELDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "mode": (_is_text, "a word"),
    "command": (_is_text, "a line of text"),
    "dev": (_maps_to(_is_number), "an object of numbers"),
    "data": (_maps_to(_maps_to(_is_number)), "an object of objects of numbers"),
    "categories": (_are_names, "a list of names"),
    "held_out_categories": (_are_names, "a list of names"),
    "train_config": (
        lambda value: isinstance(value, dict) and _is_text(value.get("benchmark")),
        "an object with the name of a benchmark",
    ),
}
"""The fields that are read again, whether a value makes sense for one, and what it must be."""
