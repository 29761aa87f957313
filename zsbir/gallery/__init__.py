"""Photos to search: their table (`photos.csv`), where they lie, and what becomes a gallery."""

from zsbir.gallery.create import Made, create_gallery, make_gallery
from zsbir.gallery.gallery import Gallery, indexed_checkpoints, load_gallery
from zsbir.gallery.homes import galleries_home, list_galleries
from zsbir.gallery.photos import Photo, read_photos, write_photos
from zsbir.gallery.sources import Wishes
from zsbir.gallery.sources.reading import scan_folder

__all__ = [
    "Gallery",
    "Made",
    "Photo",
    "Wishes",
    "create_gallery",
    "galleries_home",
    "indexed_checkpoints",
    "list_galleries",
    "load_gallery",
    "make_gallery",
    "read_photos",
    "scan_folder",
    "write_photos",
]
