"""Photos that came in bytes rather than as files: kept in their gallery's folder, named by their contents."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

from zsbir.gallery.atomic import write_atomically
from zsbir.gallery.photos import Photo

PHOTOS = "photos"
_OURS = re.compile(r"[0-9a-f]{64}\.\w+")


def keep(content: bytes, end: str, home: Path) -> str:
    """Write a photo where it does not lie already, whole or not at all.

    Args:
        content: Of the file.
        end: Of its name, such as ".jpg".
        home: The gallery's folder.

    Returns:
        The photo's path relative to `home`: photos/, two digits of its digest, the digest, the end.

    Raises:
        GalleryError: The folder cannot be written to, or the disk is full.
    """
    name = hashlib.sha256(content).hexdigest()
    file = f"{PHOTOS}/{name[:2]}/{name}{end}"
    try:
        there = (home / file).stat().st_size == len(content)
    except OSError:
        there = False
    if not there:
        # Not forced to the disk one by one: a file that a power cut leaves short is written again.
        write_atomically(home / file, content, force=False)
    return file


def sweep(home: Path, photos: Iterable[Photo]) -> None:
    """Delete what `keep` has written and no photo needs any more."""
    needed = {photo.file for photo in photos}
    for path in (home / PHOTOS).glob("??/*"):
        if _OURS.fullmatch(path.name) and path.relative_to(home).as_posix() not in needed:
            with contextlib.suppress(OSError):
                path.unlink()
