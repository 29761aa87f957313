"""Vectors by content key, kept on disk in pieces until an index is complete."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zsbir.gallery.atomic import write_atomically, writing_to

if TYPE_CHECKING:
    from zsbir.index.shards import Shard

log = logging.getLogger(__name__)


class VectorStore(Mapping[str, "NDArray[np.float32]"]):
    """Vectors that interrupted or other workers have made already, and those that this one adds.

    Of two vectors for one key, as two files with one content give them, the photo's that comes first counts,
    whoever embedded it.

    Args:
        folder: Where the pieces lie; see `zsbir.index.working`.
        recipe: What the vectors depend on; pieces of another recipe are dropped.
        dimension: Length of a vector.

    Raises:
        GalleryError: The folder cannot be written to.
    """

    def __init__(self, folder: Path, recipe: Mapping[str, Any], dimension: int):
        self._folder = folder
        self._recipe = hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()[:16]
        self._name = re.compile(rf"{self._recipe}-(\d+)\.npz")
        self._vectors: dict[str, NDArray[np.float32]] = {}
        self._elsewhere: set[str] = set()
        self._pieces: dict[int, list[str]] = {}
        self._unsaved: dict[str, NDArray[np.float32]] = {}
        self._place = 0
        for piece in sorted(folder.glob("*.npz")):
            found = self._name.fullmatch(piece.name)
            if not found or not self._read(piece, int(found[1]), dimension):
                self._delete(piece)

    def __getitem__(self, key: str) -> NDArray[np.float32]:
        return self._vectors[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._vectors)

    def __len__(self) -> int:
        return len(self._vectors)

    def know(self, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        """Take vectors that are safe on disk elsewhere."""
        self._vectors.update(vectors)
        self._elsewhere.update(vectors)

    def known(self, shard: Shard) -> set[str]:
        """The keys that a shard need not embed: those safe elsewhere, and of its own photos.

        Other shards' do not count, because what a batch holds may not depend on how far they are.
        """
        own = (keys for place, keys in self._pieces.items() if shard.owns(place))
        return self._elsewhere.union(*own)

    def add(self, key: str, vector: NDArray[np.float32], place: int) -> None:
        """Take a new vector, of the photo at a place of its gallery; `save` writes it."""
        if not self._unsaved:
            self._place = place
        self._unsaved.setdefault(key, vector)
        self._vectors.setdefault(key, vector)

    def save(self) -> None:
        """Write what has not been written yet.

        Raises:
            GalleryError: The folder cannot be written to.
        """
        if not self._unsaved:
            return
        content = io.BytesIO()
        np.savez(content, keys=list(self._unsaved), vectors=np.stack(list(self._unsaved.values())))
        path = self._folder / f"{self._recipe}-{self._place:09d}.npz"
        write_atomically(path, content.getvalue())
        self._unsaved = {}

    def clear(self) -> None:
        """Delete the pieces, after the index has been written.

        Raises:
            GalleryError: The folder cannot be written to.
        """
        for piece in self._folder.glob("*.npz"):
            self._delete(piece)

    def _delete(self, piece: Path) -> None:
        with writing_to(self._folder):
            piece.unlink(missing_ok=True)

    def _read(self, piece: Path, place: int, dimension: int) -> bool:
        try:
            with np.load(piece, allow_pickle=False) as arrays:
                keys, vectors = arrays["keys"].tolist(), arrays["vectors"]
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            log.warning("Leaving out %s, which is damaged (%s); its photos are embedded again.", piece, error)
            return False
        if vectors.shape != (len(keys), dimension) or vectors.dtype != np.float32:
            return False
        self._pieces[place] = keys
        for key, vector in zip(keys, vectors, strict=True):
            self._vectors.setdefault(key, vector)
        return True
