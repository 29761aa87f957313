"""A named set of photos on disk."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from zsbir.errors import GalleryError
from zsbir.gallery.homes import TABLE, can_be_written, find_home, indexes_elsewhere, list_galleries
from zsbir.gallery.photos import Photo, read_photos
from zsbir.hub.reference import SCHEME

if TYPE_CHECKING:
    from zsbir.hub import Snapshot

ORIGIN = "gallery.json"


@dataclass(frozen=True)
class Gallery:
    """Photos, and the folders they are found in.

    Attributes:
        name: What the gallery is called in choosers and tables.
        root: Folder that the photos' files are relative to; only read, unless it is `home`.
        home: Folder with `photos.csv` and `index/`; the same as `root` for a gallery that holds its photos.
        photos: All of them, in the table's order.
        source: What it was made of, as `python -m zsbir index` takes it; "" if it holds its own photos.
        is_snapshot: Whether `home` is a repository in the Hub's cache, where nothing is written.
    """

    name: str
    root: Path
    home: Path
    photos: tuple[Photo, ...]
    source: str = ""
    is_snapshot: bool = False

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
        if self.is_snapshot:
            return self.source
        return self.name if find_home(self.name) == self.home else shlex.quote(str(self.home))

    @property
    def index_homes(self) -> list[Path]:
        """The folders that its indexes are looked for in, one below for each checkpoint.

        They are written to the first: `index/` in its home, or a folder in the cache where that is not to be
        written to.
        """
        own, elsewhere = self.home / "index", indexes_elsewhere(self.home)
        written = not self.is_snapshot and can_be_written(own)
        return [own, elsewhere] if written else [elsewhere, own]


def indexed_checkpoints(name_or_path: str | Path) -> list[str]:
    """The checkpoints that a gallery has an index for, sorted; whether it still fits is not looked at."""
    home, _ = _locate(name_or_path)
    places = (home / "index", indexes_elsewhere(home))
    return sorted({sidecar.parent.name for place in places for sidecar in place.glob("*/photos.json")})


def load_gallery(name_or_path: str | Path = "everyday") -> Gallery:
    """Open a gallery; the photos themselves are not touched.

    Args:
        name_or_path: A name out of `list_galleries`; the path of a folder with a `photos.csv`; or a gallery
            on the Hub as `push-gallery` writes it, hf://datasets/user/name[@REVISION].

    Raises:
        GalleryError: There is no such gallery, or its table is broken.
        HubError: The Hub does not give it.
    """
    home, snapshot = _locate(name_or_path)
    if snapshot:
        return _open_snapshot(snapshot)
    if not (home / TABLE).is_file():
        known = ", ".join(list_galleries()) or "none yet"
        raise GalleryError(
            f"There is no gallery '{name_or_path}' (there are: {known}); name a folder as in ./FOLDER, "
            f"or make a gallery of your photos with: python -m zsbir index FOLDER --gallery NAME"
        )
    root, source = _read_origin(home)
    return Gallery(home.name, root, home, tuple(read_photos(home / TABLE)), source)


def _locate(name_or_path: str | Path) -> tuple[Path, Snapshot | None]:
    """A gallery's folder; and the repository that it is a snapshot of, if it is of the Hub."""
    if not str(name_or_path).startswith(SCHEME):
        return find_home(name_or_path), None
    from zsbir.gallery.sources.snapshot import fetch_snapshot

    snapshot = fetch_snapshot(str(name_or_path))
    return snapshot.folder, snapshot


def _open_snapshot(snapshot: Snapshot) -> Gallery:
    from zsbir.gallery.sources.reading import scan_folder

    photos = tuple(scan_folder(snapshot.folder))
    # Somebody may have had part of it downloaded alone, as `index --limit` does.
    snapshot.bring(photo.file for photo in photos)
    home, wanted = snapshot.folder, snapshot.reference
    return Gallery(wanted.name, home, home, photos, str(wanted), is_snapshot=True)


def _read_origin(home: Path) -> tuple[Path, str]:
    """The photos' folder and the source as `gallery.json` names them; without it, home holds its photos."""
    path = home / ORIGIN
    if not path.is_file():
        return home, ""
    try:
        origin = json.loads(path.read_text(encoding="utf-8"))
        root = Path(origin["root"])
        return home / root, str(origin.get("source", root))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise GalleryError(
            f"{path} does not say where the photos are; write it again with: "
            f"python -m zsbir index FOLDER --gallery {home.name}"
        ) from error
