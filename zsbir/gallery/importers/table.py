"""The curated lists beside the importers, and the rows of photos.csv that they lead to."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from pathlib import Path

from zsbir.errors import GalleryError
from zsbir.gallery.photos import Photo, read_photos, read_table, write_photos

_LISTS = Path(__file__).parent / "data"
_CATEGORY = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")


def read_list(name: str, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """Read one of the curated lists.

    Args:
        name: File name under `data/`.
        columns: Columns it must have, `category` among them.

    Returns:
        One dict a line.

    Raises:
        GalleryError: The list lacks a column, or a category is not written as the field writes it.
    """
    lines = read_table(_LISTS / name)
    missing = [column for column in columns if lines and column not in lines[0]]
    if missing:
        raise GalleryError(
            f"The list {name} has no column {missing[0]}: write its heading as {','.join(columns)}."
        )
    for line in lines:
        if not _CATEGORY.fullmatch(line["category"]):
            raise GalleryError(f"'{line['category']}' in {name} is no category: write it like floor_lamp.")
    return lines


def replace_photos(home: Path, photos: Iterable[Photo], source: str) -> None:
    """Put the photos of one source into photos.csv in place of its earlier ones, sorted by id.

    Files that an earlier row pointed to and no new row does are deleted, and folders that this leaves empty.

    Args:
        home: The gallery's folder; made if missing.
        photos: The source's photos, all of them.
        source: What `Photo.source` of these photos begins with.
    """
    table = home / "photos.csv"
    new = list(photos)
    wanted = {photo.file for photo in new}
    others = []
    for old in read_photos(table) if table.exists() else []:
        if not old.source.startswith(source):
            others.append(old)
        elif old.file not in wanted:
            (home / old.file).unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # other pictures may lie in the folder still
                (home / old.file).parent.rmdir()
    write_photos(table, sorted(others + new, key=lambda photo: photo.id))
