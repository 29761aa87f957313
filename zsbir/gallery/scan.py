"""What photos a folder holds, whether sorted into class folders, lying flat, or listed in a table."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from zsbir.errors import GalleryError
from zsbir.gallery.photos import Photo, read_photos, read_table

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif"})
"""File names that are taken for photos, in lower case."""

_TABLE_NAMES = {
    "file": ("file_name", "file", "filename", "path", "image"),
    "category": ("category", "label", "class"),
    "title": ("title", "name", "text", "caption"),
}


def scan_folder(folder: Path) -> list[Photo]:
    """List the photos of a folder without opening them.

    A `photos.csv` (our own table) or a `metadata.csv` (as Hugging Face's image folders have) says
    what there is; without one, every picture counts, and the name of the folder it lies in is its
    category. Pictures at the top have no category. Hidden files and folders are left out.

    Args:
        folder: Where the photos lie; it is only read.

    Returns:
        Photos in a fixed order, with ids that do not depend on the order.

    Raises:
        GalleryError: The folder is missing, unreadable, without photos, or its table is broken.
    """
    if not folder.is_dir():
        raise GalleryError(f"There is no folder {folder}; check the spelling.")
    if (folder / "photos.csv").is_file():
        photos = read_photos(folder / "photos.csv")
    elif (folder / "metadata.csv").is_file():
        photos = _from_metadata(folder / "metadata.csv")
    else:
        photos = _from_files(sorted(_find_pictures(folder)))
    if not photos:
        raise GalleryError(
            f"There are no photos in {folder}; it may hold {' '.join(sorted(SUFFIXES))} files."
        )
    return photos


def _find_pictures(folder: Path) -> Iterator[str]:
    """Paths of all pictures below a folder, relative to it, with forward slashes."""

    def refuse(error: OSError) -> None:
        raise GalleryError(
            f"Cannot look into {error.filename} ({error.strerror}); make it readable."
        ) from error

    for place, below, names in os.walk(folder, onerror=refuse):
        below[:] = [name for name in below if _is_shown(name)]
        for name in names:
            if _is_shown(name) and Path(name).suffix.lower() in SUFFIXES:
                yield Path(place, name).relative_to(folder).as_posix()


def _is_shown(name: str) -> bool:
    return not name.startswith((".", "__MACOSX"))


def _from_files(files: list[str]) -> list[Photo]:
    ids = _ids(files)
    photos = []
    for file in files:
        path = PurePosixPath(file)
        category = _category(path)
        photos.append(Photo(ids[file], file, category, title="" if category else path.stem))
    return photos


def _from_metadata(table: Path) -> list[Photo]:
    rows = read_table(table)
    names = {
        field: next((name for name in choices if rows and name in rows[0]), "")
        for field, choices in _TABLE_NAMES.items()
    }
    if rows and not names["file"]:
        raise GalleryError(
            f"{table} has no column 'file_name'; add one with each photo's path in the folder."
        )
    ids = _ids(row[names["file"]] for row in rows)
    photos = {}
    for row in rows:
        file = row[names["file"]]
        category = _canonical(row[names["category"]]) if names["category"] else _category(PurePosixPath(file))
        others = {name: row.get(name, "") for name in ("instance", "credit", "licence", "source")}
        # A table of captions may name a photo several times; the first line counts.
        photos.setdefault(file, Photo(ids[file], file, category, title=row.get(names["title"], ""), **others))
    return list(photos.values())


def _ids(files: Iterable[str]) -> dict[str, str]:
    """Give each file its path without suffix as id, or its whole path where two would share that."""
    names = set(files)
    stems = Counter(_stem(file) for file in names)
    return {
        file: _stem(file) if stems[_stem(file)] == 1 and _stem(file) not in names else file for file in names
    }


def _stem(file: str) -> str:
    return str(PurePosixPath(file).with_suffix("")) if PurePosixPath(file).name else file


def _category(path: PurePosixPath) -> str:
    return _canonical(path.parent.name)


def _canonical(name: str) -> str:
    """Write a category as the field does: "Office Chair" becomes office_chair."""
    return "_".join(name.lower().replace("-", " ").replace("_", " ").split())
