"""Photos to search: their table (`photos.csv`), where they lie, and how a folder becomes a gallery."""

from zsbir.gallery.gallery import (
    Gallery,
    create_gallery,
    galleries_home,
    indexed_checkpoints,
    list_galleries,
    load_gallery,
)
from zsbir.gallery.photos import Photo, read_photos, write_photos
from zsbir.gallery.scan import scan_folder

__all__ = [
    "Gallery",
    "Photo",
    "create_gallery",
    "galleries_home",
    "indexed_checkpoints",
    "list_galleries",
    "load_gallery",
    "read_photos",
    "scan_folder",
    "write_photos",
]
