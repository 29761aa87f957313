"""Where the sketches and photos of an evaluation come from: datasets, or a gallery of the app."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from zsbir.data.dataset import Dataset, open_dataset
from zsbir.data.layouts import Item
from zsbir.data.names import canonical_name
from zsbir.data.storage import FolderStorage, Storage
from zsbir.errors import DataError

GALLERY_PREFIX = "gallery:"


class JoinedStorage:
    """Several storages as one; a file's first folder says which.

    Args:
        parts: Name -> storage.
    """

    def __init__(self, parts: Mapping[str, Storage]) -> None:
        self._parts = dict(parts)

    def names(self) -> list[str]:
        """Return every file's path, sorted."""
        return sorted(f"{part}/{name}" for part, storage in self._parts.items() for name in storage.names())

    def read(self, name: str) -> bytes:
        """Return one file's bytes, or raise `DataError`."""
        part, _, file = name.partition("/")
        return self._parts[part].read(file)


def open_sketches(paths: Sequence[str | Path], modality: str | None = None) -> Dataset:
    """Open a dataset, or several as one.

    Raises:
        DataError: One of them cannot be opened, or two have the same name.
    """
    return join([open_dataset(path, modality=modality) for path in paths])


def join(datasets: Sequence[Dataset]) -> Dataset:
    """Make several datasets one, its files below the names of the sets they come from.

    Raises:
        DataError: Two have the same name.
    """
    if len(datasets) == 1:
        return datasets[0]
    names = [dataset.name for dataset in datasets]
    if len(set(names)) < len(names):
        raise DataError(f"Two of the datasets are called alike ({', '.join(names)}); rename one.")
    items = tuple(replace(i, file=f"{d.name}/{i.file}") for d in datasets for i in d.items)
    captions = {f"{d.name}/{file}": texts for d in datasets for file, texts in d.captions.items()}
    return Dataset("+".join(names), items, captions, JoinedStorage({d.name: d.storage for d in datasets}))


def open_photos(spec: str | Path) -> Dataset:
    """Open a dataset, or with "gallery:NAME" the photos of a gallery.

    Raises:
        DataError: There is no such dataset.
        GalleryError: There is no such gallery.
    """
    if not str(spec).startswith(GALLERY_PREFIX):
        return open_dataset(spec, modality="photo")
    from zsbir.gallery import load_gallery

    gallery = load_gallery(str(spec).removeprefix(GALLERY_PREFIX))
    items = tuple(
        Item(photo.file, canonical_name(photo.category), photo.category, "photo", photo.instance)
        for photo in gallery.photos
    )
    return Dataset(str(spec), items, {}, FolderStorage(gallery.root))
