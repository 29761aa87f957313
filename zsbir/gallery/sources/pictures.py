"""Folders of picture files as photos: sorted into class folders, lying flat, or listed in tables."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from zsbir.errors import GalleryError
from zsbir.gallery.photos import Photo
from zsbir.gallery.sources.columns import FILE_NAMES, canonical, choose_columns, first_of, text_of
from zsbir.gallery.sources.tables import is_metadata, read_metadata

SUFFIXES = frozenset(
    {
        *(".jpg", ".jpeg", ".jfif", ".png", ".webp", ".avif", ".heic", ".heif"),
        *(".gif", ".bmp", ".tif", ".tiff", ".ppm"),
    }
)
"""File names that are taken for photos, in lower case."""
# Folders that say nothing about the photos in them, if there are no others.
_TELLS_NOTHING = {
    *("photos", "photo", "images", "image", "imgs", "img", "pictures", "data", "dataset"),
    *("train", "training", "test", "testing", "val", "valid", "validation", "dev"),
}


def is_picture(name: str) -> bool:
    """Whether a file is taken for a photo by its name."""
    return posixpath.splitext(name)[1].lower() in SUFFIXES


def list_photos(
    names: Sequence[str],
    bring: Callable[[Sequence[str]], Path],
    labels: Mapping[str, tuple[str, ...]],
    columns: Mapping[str, str],
) -> tuple[list[Photo], list[tuple[str, str]]]:
    """List photos without opening them.

    Tables say what there is in their folders and those below. Elsewhere every picture counts, and the
    name of the folder it lies in is its category; pictures at the top have none.

    Args:
        names: Paths of all files, with forward slashes.
        bring: Makes files available and says in which folder.
        labels: Column -> what the whole numbers in it stand for.
        columns: Field of a photo -> column, where the user has named it.

    Returns:
        Photos in a fixed order, with ids that do not depend on the order; and (where, why) of each row of a
        table that is none.

    Raises:
        GalleryError: A table is broken.
    """
    tables = sorted(name for name in names if is_metadata(name))
    described: dict[str, dict[str, Any]] = {}
    left_out: list[tuple[str, str]] = []
    for table in tables:
        for number, (file, row) in enumerate(_rows_of(table, bring(tables), labels, columns), start=1):
            if file:
                # A table of captions may name a photo several times.
                described.setdefault(_folder_of(table) + file, row)
            else:
                left_out.append((f"{table}, row {number}", "It names no file."))
    covered = tuple(_folder_of(table) for table in tables)
    others = [name for name in names if is_picture(name) and not name.startswith(covered)]
    return _from_tables(described) + _from_files(sorted(others)), left_out


def _rows_of(
    table: str, folder: Path, labels: Mapping[str, tuple[str, ...]], wanted: Mapping[str, str]
) -> Iterable[tuple[str, dict[str, str]]]:
    """File, in the table's folder, and what a table says of it, each field as text."""
    rows = read_metadata(folder / table)
    if not rows:
        return
    there = dict.fromkeys(column for row in rows for column in row)
    file_column = first_of(FILE_NAMES, there)
    if not file_column:
        raise GalleryError(
            f"{folder / table} has no column 'file_name'; add one with each photo's path in the folder."
        )
    columns = choose_columns(there, wanted)
    for row in rows:
        fields = {
            field: text_of(row.get(column), labels.get(column, ())) for field, column in columns.items()
        }
        yield text_of(row.get(file_column)), fields


def _from_tables(described: Mapping[str, Mapping[str, str]]) -> list[Photo]:
    ids = _own_ids(described) or _ids(described)
    photos = []
    for file, row in described.items():
        category = row["category"] if "category" in row else PurePosixPath(file).parent.name
        others = {field: text for field, text in row.items() if field not in ("id", "category")}
        photos.append(Photo(ids[file], file, canonical(category), **others))
    return photos


def _own_ids(described: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The ids that the tables give, if each photo has one of its own."""
    ids = {file: row.get("id", "") for file, row in described.items()}
    return ids if all(ids.values()) and len(set(ids.values())) == len(ids) else {}


def _from_files(files: list[str]) -> list[Photo]:
    ids = _ids(files)
    categories = {folder: canonical(posixpath.basename(folder)) for folder in map(posixpath.dirname, files)}
    tell = not set(categories.values()) <= _TELLS_NOTHING | {""}
    photos = []
    for file in files:
        category = categories[posixpath.dirname(file)] if tell else ""
        photos.append(Photo(ids[file], file, category, title="" if category else PurePosixPath(file).stem))
    return photos


def _ids(files: Iterable[str]) -> dict[str, str]:
    """Give each file its path without suffix as id, or its whole path where two would share that."""
    stems = {file: posixpath.splitext(file)[0] for file in files}
    counts = Counter(stems.values())
    return {file: stem if counts[stem] == 1 and stem not in stems else file for file, stem in stems.items()}


def _folder_of(table: str) -> str:
    """The start that the paths of a table's photos share."""
    folder = posixpath.dirname(table)
    return f"{folder}/" if folder else ""
