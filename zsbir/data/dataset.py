"""One way to read every dataset: pictures, drawings and captions behind `open_dataset`."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zsbir.data.layouts import Item, find_items, read_captions
from zsbir.data.storage import FolderStorage, Storage, ZipStorage
from zsbir.errors import DataError

if TYPE_CHECKING:
    from PIL import Image

    from zsbir.strokes import Drawing


@dataclass(frozen=True)
class Dataset:
    """A set of photos and sketches with their categories; reading is safe from several threads.

    Attributes:
        name: File name without suffix; names the set in tables.
        items: Every picture and drawing, in the order of the manifest (else sorted by file).
        captions: Sentences for each file that has some; empty for most sets.
    """

    name: str
    items: tuple[Item, ...]
    captions: Mapping[str, tuple[str, ...]]
    storage: Storage

    def read(self, item: Item) -> Image.Image:
        """Decode one picture; a vector drawing is rendered at its default size.

        Returns:
            RGB for pictures, "L" for drawings.

        Raises:
            DataError: The file is missing or damaged.
            ImageError: The file is no picture, truncated or too large.
        """
        if item.is_vector:
            return self.drawing(item).render()
        from zsbir.images import open_image

        return open_image(self.storage.read(item.file))

    def drawing(self, item: Item) -> Drawing:
        """Parse one line of an ndjson file.

        Raises:
            DataError: The item is a picture, or its line is missing.
            DrawingError: The line is no valid drawing.
        """
        from zsbir.strokes import Drawing

        if not item.is_vector:
            raise DataError(f"{item.file} is a picture, not strokes; use Dataset.read.")
        file, _, line = item.file.rpartition("#")
        return Drawing.from_quickdraw(self._lines(file)[int(line)])

    def select(self, modality: str | None = None, split: str | None = None) -> tuple[Item, ...]:
        """Return the items of one modality and split, in order; None keeps all."""
        return tuple(
            item for item in self.items if modality in (None, item.modality) and split in (None, item.split)
        )

    @property
    def splits(self) -> list[str]:
        """The names of the splits that have items, sorted."""
        return sorted({item.split for item in self.items if item.split})

    @functools.cached_property
    def _line_cache(self) -> dict[str, list[bytes]]:
        return {}

    def _lines(self, file: str) -> list[bytes]:
        if file not in self._line_cache:
            self._line_cache[file] = self.storage.read(file).splitlines()
        return self._line_cache[file]


def open_dataset(path: str | Path, modality: str | None = None) -> Dataset:
    """Open a dataset of photos and sketches.

    Understood, as a folder or as a zip: a `manifest.csv` (file, category, modality, instance, split);
    Quick, Draw! `*.ndjson` files (or one such file alone); class folders, with `photo` or `sketch`
    somewhere in the path.

    Args:
        path: The folder, zip or ndjson file.
        modality: "photo" or "sketch" for class folders whose paths do not say which.

    Raises:
        DataError: There is nothing at the path, or nothing in it that can be understood.
    """
    path = Path(path)
    storage, names = _open_storage(path)
    items = find_items(path.stem, storage, names, modality)
    if not items:
        raise DataError(
            f"{path} has no manifest.csv, no *.ndjson drawings and no pictures in class folders; "
            "give a dataset in one of these layouts."
        )
    return Dataset(path.stem, items, read_captions(storage, names, items), storage)


def _open_storage(path: Path) -> tuple[Storage, list[str]]:
    if path.is_dir():
        storage: Storage = FolderStorage(path)
    elif path.suffix.lower() == ".ndjson" and path.is_file():
        return FolderStorage(path.parent), [path.name]
    elif path.is_file():
        storage = ZipStorage(path)
    else:
        raise DataError(f"There is no dataset at {path}; give a zip, a folder or an .ndjson file.")
    return storage, storage.names()
