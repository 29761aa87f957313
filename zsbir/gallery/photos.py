"""One photo of a gallery as a row of `photos.csv`."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from itertools import zip_longest
from pathlib import Path, PurePosixPath, PureWindowsPath

from zsbir.errors import GalleryError
from zsbir.gallery.atomic import write_atomically


@dataclass(frozen=True)
class Photo:
    """A photo, by its place inside the gallery's folder.

    Attributes:
        id: Unique in the gallery and stable from one indexing to the next.
        file: Path relative to the gallery's root, with forward slashes; never leads out of it.
        category: lower_snake_case name, or "" when the photos have no categories.
        title: What this very photo shows, for people; may be empty.
        instance: Name of the object shown; several views of one object share it; may be empty.
        credit: Who made it.
        licence: Under which terms.
        source: Where it came from.

    Raises:
        GalleryError: The id is empty, or the file leads out of the gallery's folder.
    """

    id: str
    file: str
    category: str
    title: str = ""
    instance: str = ""
    credit: str = ""
    licence: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if not self.id:
            raise GalleryError(f"The photo {self.file!r} has no id; give every photo one of its own.")
        if not lies_inside(self.file):
            raise GalleryError(
                f"The file {self.file!r} of photo '{self.id}' does not lie inside the gallery's folder; "
                "write it relative to that folder, with forward slashes and without '..'."
            )


_PLAIN = re.compile(r"(?:[^./\\:\0][^/\\:\0]*/)*[^./\\:\0][^/\\:\0]*")


def lies_inside(file: str) -> bool:
    """Whether a relative path stays below the folder it is relative to, on Windows too."""
    if _PLAIN.fullmatch(file):  # nearly all do; a hundred thousand paths would take seconds to take apart
        return True
    posix, windows = PurePosixPath(file), PureWindowsPath(file)
    outside = posix.is_absolute() or windows.anchor or ".." in (*posix.parts, *windows.parts)
    return bool(posix.name) and "\0" not in file and not outside


COLUMNS = tuple(field.name for field in fields(Photo))
"""The columns of `photos.csv`, in order."""

_NEEDED = ("id", "file", "category")


def read_photos(path: Path) -> list[Photo]:
    """Read `photos.csv`; columns that it lacks stay empty, columns of other names are ignored.

    Args:
        path: The table, UTF-8 with a heading.

    Returns:
        The photos in the table's order.

    Raises:
        GalleryError: The table is missing, unreadable, without a needed column, or an id occurs twice.
    """
    rows = read_table(path)
    missing = [column for column in _NEEDED if rows and column not in rows[0]]
    if missing:
        raise GalleryError(f"{path} has no column '{missing[0]}'; its heading must be {','.join(COLUMNS)}.")
    photos = [Photo(**{column: row.get(column, "") for column in COLUMNS}) for row in rows]
    seen: set[str] = set()
    for photo in photos:
        if photo.id in seen:
            raise GalleryError(f"{path} lists the id '{photo.id}' twice; give every photo an id of its own.")
        seen.add(photo.id)
    return photos


def read_table(path: Path) -> list[dict[str, str]]:
    """Read any CSV table with a heading; short rows are filled with empty fields.

    Raises:
        GalleryError: The file is missing, is no UTF-8 text, or is no CSV table.
    """
    try:
        with open(path, newline="", encoding="utf-8-sig", errors="surrogateescape") as file:
            rows = csv.reader(file, strict=True)
            heading = next(rows, [])
            return [dict(zip_longest(heading, row[: len(heading)], fillvalue="")) for row in rows if row]
    except OSError as error:
        raise GalleryError(
            f"Cannot read {path} ({error.strerror}); check that it exists and is readable."
        ) from error
    except csv.Error as error:
        raise GalleryError(f"{path} is no CSV table ({error}); repair it or write it again.") from error


def write_photos(path: Path, photos: Iterable[Photo]) -> None:
    """Write `photos.csv` atomically, in the order given.

    Raises:
        GalleryError: The folder cannot be written to.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([getattr(photo, column) for column in COLUMNS] for photo in photos)
    # Names on disk need not be valid text; what Python read from the folder, it writes back as it was.
    write_atomically(path, text.getvalue().encode("utf-8", errors="surrogateescape"))
