"""Photos of any source become a gallery."""

from __future__ import annotations

import contextlib
import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from zsbir.errors import GalleryError
from zsbir.gallery.atomic import write_atomically, writing_to
from zsbir.gallery.gallery import ORIGIN, Gallery, load_gallery
from zsbir.gallery.homes import TABLE, can_be_written, find_home, galleries_home
from zsbir.gallery.photos import write_photos
from zsbir.gallery.sources import Wishes, read_source
from zsbir.gallery.sources.kept import sweep

log = logging.getLogger(__name__)

LOCK = ".lock"
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


@dataclass(frozen=True)
class Made:
    """A gallery that was made or brought up to date.

    Attributes:
        gallery: As it is now.
        left_out: (where, why) of each row or file of the source that is no photo.
    """

    gallery: Gallery
    left_out: list[tuple[str, str]]


def create_gallery(name: str, source: str | Path) -> Gallery:
    """Make a gallery of a source, or bring it up to date; see `make_gallery`."""
    return make_gallery(name, source).gallery


def make_gallery(name: str, source: str | Path, wishes: Wishes | None = None) -> Made:
    """Make a gallery of a source, or bring the gallery up to date with it.

    Only the gallery's own folder is written to: below `galleries_home()`, or where the gallery lies already.

    Args:
        name: Letters, digits, `_`, `-` and `.`.
        source: A folder of photos, a parquet file, or hf://datasets/user/name[@REVISION].
        wishes: What of the source is wanted; None takes all.

    Raises:
        GalleryError: The name cannot be used, the source holds no photos, or nothing can be written.
        HubError: The Hub does not give it.
    """
    if not _NAME.fullmatch(name):
        raise GalleryError(f"'{name}' cannot name a gallery; use letters, digits, '-', '_' and '.' only.")
    home = find_home(name)
    if (home / TABLE).is_file():
        if not str(source).startswith("hf:") and Path(source).expanduser().resolve() == home.resolve():
            return Made(load_gallery(name), [])
        if not (home / ORIGIN).is_file():
            raise GalleryError(
                f"The gallery '{name}' holds its own photos, which {source} would replace; choose another "
                f"name, or rebuild it with: python -m zsbir index --gallery {name}"
            )
        if not can_be_written(home):
            raise GalleryError(f"The gallery '{name}' in {home} cannot be written to; choose another name.")
    else:
        home = galleries_home() / name
    with _alone(home):
        reading = read_source(source, wishes or Wishes(), home)
        root = "." if reading.root == home else str(reading.root)
        origin = json.dumps({"root": root, "source": reading.source}, indent=2) + "\n"
        # The root goes first: interrupted in between, the old table names files that are reported as missing.
        write_atomically(home / ORIGIN, origin.encode("utf-8", errors="surrogateescape"))
        write_photos(home / TABLE, reading.photos)
        sweep(home, reading.photos)
        return Made(load_gallery(name), reading.left_out)


@contextlib.contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Wait until no other process makes the same gallery: it would sweep away what this one keeps."""
    lock = FileLock(home / LOCK)
    with writing_to(home):
        home.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            log.warning("Another process is making gallery '%s'; waiting for it.", home.name)
            lock.acquire()
    try:
        yield
    finally:
        lock.release()
        if not (home / TABLE).is_file():
            with contextlib.suppress(OSError):  # what came of it already stays for the next time
                (home / LOCK).unlink()
                home.rmdir()
