"""A named set of photos on disk."""

from __future__ import annotations

import json
import os
import re
import shlex
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from zsbir.errors import GalleryError
from zsbir.folders import named_folder
from zsbir.gallery.atomic import write_atomically
from zsbir.gallery.photos import Photo, read_photos, write_photos
from zsbir.gallery.scan import scan_folder

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


@dataclass(frozen=True)
class Gallery:
    """Photos, and the folders they are found in.

    Attributes:
        name: What the gallery is called in choosers and tables.
        root: Folder that the photos' files are relative to; never written to.
        home: Folder with `photos.csv` and `index/`; the same as `root` for a gallery that holds its photos.
        photos: All of them, in the table's order.
    """

    name: str
    root: Path
    home: Path
    photos: tuple[Photo, ...]

    def path(self, photo: Photo) -> Path:
        """Where a photo's file is, or should be."""
        return self.root / photo.file

    @cached_property
    def by_id(self) -> dict[str, Photo]:
        """The photos by their ids."""
        return {photo.id: photo for photo in self.photos}

    @cached_property
    def categories(self) -> list[str]:
        """The categories that photos have, sorted."""
        return sorted({photo.category for photo in self.photos} - {""})

    @property
    def reference(self) -> str:
        """What to write after `--gallery` in a shell to mean this one."""
        bundled = self.home.parent == galleries_home() and self.home.name == self.name
        return self.name if bundled else shlex.quote(str(self.home))


def galleries_home() -> Path:
    """The folder that galleries are found in: ZSBIR_GALLERIES, or `gallery/` beside the package."""
    chosen = os.environ.get("ZSBIR_GALLERIES")
    return Path(chosen).expanduser().absolute() if chosen else Path(__file__).resolve().parents[2] / "gallery"


def list_galleries() -> list[str]:
    """The names of all galleries found in `galleries_home`, sorted."""
    return sorted(table.parent.name for table in galleries_home().glob("*/photos.csv"))


def indexed_checkpoints(name_or_path: str | Path) -> list[str]:
    """The checkpoints that a gallery has an index for, sorted; whether it still fits is not looked at."""
    home = named_folder(name_or_path, galleries_home())
    return sorted(sidecar.parent.name for sidecar in home.glob("index/*/photos.json"))


def load_gallery(name_or_path: str | Path = "everyday") -> Gallery:
    """Open a gallery; the photos themselves are not touched.

    Args:
        name_or_path: A name out of `list_galleries`, or the path of a folder with a `photos.csv`.

    Raises:
        GalleryError: There is no such gallery, or its table is broken.
    """
    home = named_folder(name_or_path, galleries_home())
    if not (home / "photos.csv").is_file():
        known = ", ".join(list_galleries()) or "none yet"
        raise GalleryError(
            f"There is no gallery '{name_or_path}' (there are: {known}); name a folder as in ./FOLDER, "
            f"or make a gallery of your photos with: python -m zsbir index FOLDER --gallery NAME"
        )
    return Gallery(home.name, _read_root(home), home, tuple(read_photos(home / "photos.csv")))


def create_gallery(name: str, folder: str | Path) -> Gallery:
    """Make a gallery of a folder of photos, or bring the gallery up to date with its folder.

    Only `galleries_home()/name` is written to.

    Args:
        name: Letters, digits, `_`, `-` and `.`.
        folder: Where the photos are; see `scan_folder`.

    Raises:
        GalleryError: The name cannot be used, the folder holds no photos, or nothing can be written.
    """
    if not _NAME.fullmatch(name):
        raise GalleryError(f"'{name}' cannot name a gallery; use letters, digits, '-', '_' and '.' only.")
    home = galleries_home() / name
    folder = Path(folder).expanduser().resolve()
    if (home / "photos.csv").is_file():
        if folder == home.resolve():
            return load_gallery(name)
        if not (home / "gallery.json").is_file():
            raise GalleryError(
                f"The gallery '{name}' holds its own photos, which {folder} would replace; choose another "
                f"name, or rebuild it with: python -m zsbir index --gallery {name}"
            )
    photos = scan_folder(folder)
    # The root goes first: interrupted in between, the old table names files that are reported as missing.
    write_atomically(home / "gallery.json", (json.dumps({"root": str(folder)}, indent=2) + "\n").encode())
    write_photos(home / "photos.csv", photos)
    return load_gallery(name)


def _read_root(home: Path) -> Path:
    """The folder that `gallery.json` names; a gallery without one holds its photos itself."""
    path = home / "gallery.json"
    if not path.is_file():
        return home
    try:
        root = json.loads(path.read_text(encoding="utf-8"))["root"]
        return home / Path(root)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise GalleryError(
            f"{path} does not say where the photos are; write it again with: "
            f"python -m zsbir index FOLDER --gallery {home.name}"
        ) from error
