"""Which column of a table says what: by the names that people give to columns, unless told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from zsbir.errors import GalleryError

NAMES = {
    "id": ("id",),
    "category": (
        *("category", "label", "class", "labels", "category_name", "class_name", "label_name"),
        *("fine_label", "species", "breed", "object", "concept"),
    ),
    "title": ("title", "name", "text", "caption", "captions", "description", "prompt", "sentence"),
    "instance": ("instance", "instance_id", "object_id"),
    "credit": ("credit", "author", "artist", "photographer", "creator", "owner"),
    "licence": ("licence", "license", "rights"),
    "source": ("source", "url", "source_url", "image_url", "link"),
}
"""Photo's field -> names of columns that hold it, the likeliest first, in lower case."""

# Halves of characters, as JSON may have them where a caption was cut off; no table can be written with them.
# The others of their kind stand for bytes of file names that are no text.
_LONE = re.compile("[\ud800-\udc7f\udd00-\udfff]")

FILE_NAMES = ("file_name", "file", "filename", "path", "image")
IMAGE_NAMES = ("image", "img", "photo", "picture", "images", "jpg", "png")


def choose_columns(there: Iterable[str], wanted: Mapping[str, str]) -> dict[str, str]:
    """Say which column holds which field of a photo.

    Args:
        there: The table's columns.
        wanted: Field -> column, where the user has named it.

    Returns:
        Field -> column, for the fields that there is a column of.

    Raises:
        GalleryError: There is no such column.
    """
    there = list(there)
    chosen = {field: first_of(names, there) for field, names in NAMES.items()}
    for field in NAMES.keys() & wanted.keys():
        chosen[field] = require_column(wanted[field], there)
    return {field: column for field, column in chosen.items() if column}


def first_of(names: Iterable[str], there: Iterable[str]) -> str:
    """The column of the first of some names, in upper or lower case; "" if there is none."""
    columns = {column.lower(): column for column in reversed(list(there))}
    return next((columns[name] for name in names if name in columns), "")


def require_column(name: str, there: Iterable[str]) -> str:
    """A column that the user has named.

    Raises:
        GalleryError: There is no such column.
    """
    there = list(there)
    if name not in there:
        raise GalleryError(f"There is no column {name!r}; name one of: {', '.join(there) or 'none'}.")
    return name


def text_of(value: Any, names: tuple[str, ...] = ()) -> str:
    """What a cell says, as text on one line.

    Args:
        value: Text, a number, nothing, or a list, of which the first counts.
        names: Of the classes that whole numbers stand for; a number beyond them means none.
    """
    if isinstance(value, list | tuple):
        value = value[0] if value else None
    if value is None or value == "" or value != value:  # NaN is not equal to itself
        return ""
    if names and re.fullmatch(r"-?\d+", str(value)):
        return names[int(value)] if 0 <= int(value) < len(names) else ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)
    return _LONE.sub("\ufffd", " ".join(text.split()))


def canonical(name: str) -> str:
    """Write a category as the field does: "Office Chair" becomes office_chair."""
    return "_".join(name.lower().replace("-", " ").replace("_", " ").split())


def short_names(names: Iterable[str]) -> tuple[str, ...]:
    """Leave out the synonyms that class names list, as ImageNet's do, where the first tells classes apart."""
    names = tuple(names)
    firsts = [name.split(",")[0].strip() for name in names]
    return tuple(
        first if firsts.count(first) == 1 and first else name
        for first, name in zip(firsts, names, strict=True)
    )
