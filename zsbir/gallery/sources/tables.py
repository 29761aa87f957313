"""Tables that list photos: metadata.csv, metadata.jsonl and metadata.parquet, as image folders have them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from zsbir.errors import GalleryError
from zsbir.gallery.photos import read_table
from zsbir.gallery.sources.arrow import read_rows

METADATA = frozenset({"metadata.csv", "metadata.jsonl", "metadata.parquet"})


def is_metadata(name: str) -> bool:
    """Whether a file is such a table by its name."""
    return PurePosixPath(name).name in METADATA


def read_metadata(path: Path) -> list[dict[str, Any]]:
    """Read a table of any of the three kinds.

    Returns:
        Column -> value for each row.

    Raises:
        GalleryError: It cannot be read; the message says why.
    """
    if path.suffix == ".csv":
        return read_table(path)
    if path.suffix == ".parquet":
        return list(read_rows(path))
    return list(_read_lines(path))


def _read_lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise GalleryError(f"Cannot read {path} ({error}); check that it is readable UTF-8 text.") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise GalleryError(f"Line {number} of {path} is no JSON ({error}); mend it.") from error
        if not isinstance(row, dict):
            raise GalleryError(f"Line {number} of {path} is no JSON object; write one with a file_name.")
        yield row
