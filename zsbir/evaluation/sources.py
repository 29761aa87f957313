"""Where the photos of an evaluation come from: a dataset, or a gallery of the app."""

from pathlib import Path

from zsbir.data.dataset import Dataset, open_dataset
from zsbir.data.layouts import Item
from zsbir.data.names import canonical_name
from zsbir.data.storage import FolderStorage

GALLERY_PREFIX = "gallery:"


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
