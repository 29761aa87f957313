"""Vectors by content key, kept on disk in pieces until an index is complete."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import logging
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from zsbir.errors import GalleryError
from zsbir.gallery.atomic import write_atomically, writing_to

log = logging.getLogger(__name__)

PIECE = 256  # vectors a file: what a crash costs at most; Ctrl-C costs nothing


@contextlib.contextmanager
def working_folder(index: Path) -> Iterator[Path]:
    """Give one process at a time a folder beside an index; it stays only if it holds unfinished work.

    Raises:
        GalleryError: Another process builds the same index, or the folder cannot be written to.
    """
    folder = index.with_name(f"{index.name}.partial")
    lock = FileLock(folder / "lock")
    with writing_to(index.parent):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise GalleryError(
                f"Another process is building the index {index}; wait until it is done, or stop it."
            ) from error
    try:
        yield folder
    finally:
        with contextlib.suppress(OSError):  # Windows removes it on release, and refuses before
            (folder / "lock").unlink()
        lock.release()
        with contextlib.suppress(OSError):  # unfinished work, or another process has taken over
            folder.rmdir()


class VectorStore(Mapping[str, "NDArray[np.float32]"]):
    """Vectors that an interrupted run had already made, and those that this run adds.

    Args:
        folder: Where the pieces lie; see `working_folder`.
        recipe: What the vectors depend on; pieces of another recipe are dropped.
        dimension: Length of a vector.

    Raises:
        GalleryError: The folder cannot be written to.
    """

    def __init__(self, folder: Path, recipe: Mapping[str, Any], dimension: int):
        self._folder = folder
        self._recipe = hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()[:16]
        self._vectors: dict[str, NDArray[np.float32]] = {}
        self._unsaved: list[str] = []
        for piece in sorted(folder.glob("*.npz")):
            if not piece.name.startswith(self._recipe) or not self._read(piece, dimension):
                self._delete(piece)
        self._pieces = len(list(folder.glob("*.npz")))

    def __getitem__(self, key: str) -> NDArray[np.float32]:
        return self._vectors[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._vectors)

    def __len__(self) -> int:
        return len(self._vectors)

    def know(self, vectors: Mapping[str, NDArray[np.float32]]) -> None:
        """Take vectors that are safe on disk elsewhere."""
        self._vectors.update(vectors)

    def add(self, key: str, vector: NDArray[np.float32]) -> None:
        """Take a new vector; every `PIECE` of them are saved."""
        self._vectors[key] = vector
        self._unsaved.append(key)
        if len(self._unsaved) >= PIECE:
            self.save()

    def save(self) -> None:
        """Write what has not been written yet.

        Raises:
            GalleryError: The folder cannot be written to.
        """
        if not self._unsaved:
            return
        content = io.BytesIO()
        np.savez(content, keys=self._unsaved, vectors=np.stack([self._vectors[key] for key in self._unsaved]))
        while (path := self._folder / f"{self._recipe}-{self._pieces:05d}.npz").exists():
            self._pieces += 1
        write_atomically(path, content.getvalue())
        self._unsaved = []

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

    def _read(self, piece: Path, dimension: int) -> bool:
        try:
            with np.load(piece, allow_pickle=False) as arrays:
                keys, vectors = arrays["keys"].tolist(), arrays["vectors"]
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            log.warning("Leaving out %s, which is damaged (%s); its photos are embedded again.", piece, error)
            return False
        if vectors.shape != (len(keys), dimension) or vectors.dtype != np.float32:
            return False
        self._vectors.update(zip(keys, vectors, strict=True))
        return True
