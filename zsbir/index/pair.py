"""The two files of an index, `photos.faiss` and `photos.json`, exchanged so that a crash leaves a whole pair.

New vectors wait as `photos.next.faiss` until the sidecar that names them has taken its place, and then take
theirs. Before that moment the old sidecar has the old vectors, after it the new one finds the new ones.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from zsbir.errors import GalleryError
from zsbir.gallery.atomic import write_together, writing_to
from zsbir.index.sidecar import SIDECAR, VECTORS, Sidecar
from zsbir.index.vectors import unpack

if TYPE_CHECKING:
    import faiss

    from zsbir.index.vectors import Packed

NEXT = "photos.next.faiss"
UNUSABLE = (OSError, ValueError)


def open_vectors(folder: Path, sidecar: Sidecar, *, thorough: bool = False) -> faiss.Index:
    """Open the vectors of an index; see `zsbir.index.vectors.unpack`.

    Args:
        folder: Of the index.
        sidecar: As it was read there.
        thorough: As in `unpack`; the digest is compared anyway while an exchange is not finished.

    Raises:
        OSError: They cannot be read.
        ValueError: They are not those that the sidecar was written for.
    """
    # Samples of the two may be the same: a few photos among many have changed.
    thorough = thorough or (folder / NEXT).is_file()
    for name in (VECTORS, NEXT):
        with contextlib.suppress(*UNUSABLE):
            return unpack(folder / name, sidecar, thorough=thorough)
    # Between the two looks another process may have put the next ones in place.
    return unpack(folder / VECTORS, sidecar, thorough=thorough)


def write_pair(
    folder: Path, packed: Packed, sidecar: Sidecar, beside: Mapping[Path, bytes | Iterable[bytes]]
) -> None:
    """Exchange the files of an index.

    Args:
        folder: Of the index; nobody else writes there.
        packed: The vectors.
        sidecar: Written for them.
        beside: Other files of the folder, each with its content, which take their places before the sidecar.

    Raises:
        GalleryError: The folder cannot be written to.
    """
    with writing_to(folder):
        _settle(folder)
    try:
        write_together({folder / NEXT: packed, **beside, folder / SIDECAR: sidecar.to_bytes()})
    except GalleryError:
        with contextlib.suppress(OSError):
            _settle(folder)
        raise
    with writing_to(folder):
        os.replace(folder / NEXT, folder / VECTORS)


def _settle(folder: Path) -> None:
    """Finish an exchange that a crash has interrupted, or forget it."""
    if not (folder / NEXT).is_file():
        return
    try:
        sidecar = Sidecar.from_bytes((folder / SIDECAR).read_bytes())
        unpack(folder / NEXT, sidecar, thorough=True)
    except (FileNotFoundError, ValueError):
        (folder / NEXT).unlink()
    else:
        os.replace(folder / NEXT, folder / VECTORS)
