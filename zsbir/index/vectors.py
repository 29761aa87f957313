"""The file `photos.faiss`: vectors in, the same vectors out, and nothing in between."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import faiss
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pathlib import Path

    from zsbir.index.sidecar import Sidecar

# Larger files are mapped into memory, not read: they open at once, and several processes share one copy.
MAPPED_FROM = 64 << 20  # bytes
CHUNK = 8 << 20  # bytes that are written together
PIECES, PIECE = 64, 4096  # what `sample` looks at: so many pieces of so many bytes
DAMAGED = "it is damaged, or was written for another index"


class Packed:
    """Unit rows as the bytes of a faiss file with an exact inner-product index, which never stand in memory.

    Args:
        vectors: n rows of (dim,) float32, or one array (n, dim).

    Attributes:
        size: How many bytes.
    """

    def __init__(self, vectors: Sequence[NDArray[np.float32]]):
        count, dimension = len(vectors), len(vectors[0])
        empty = faiss.serialize_index(faiss.IndexFlatIP(dimension)).tobytes()
        # A faiss file of this kind begins with a name (4 bytes), the dimension (4) and the number of vectors,
        # and what goes before the vectors ends with the number of floats.
        numbers = (count.to_bytes(8, "little"), (count * dimension).to_bytes(8, "little"))
        self._header = empty[:8] + numbers[0] + empty[16:-8] + numbers[1]
        self.vectors = vectors
        self._row = 4 * dimension
        self.size = len(self._header) + count * self._row

    def read(self, start: int, stop: int) -> bytes:
        """The bytes from `start` up to `stop`."""
        head = self._header[start:stop]
        start, stop = (max(place - len(self._header), 0) for place in (start, stop))
        first, last = start // self._row, -(-stop // self._row)
        rows = b"".join(np.ascontiguousarray(row).tobytes() for row in self.vectors[first:last])
        return head + rows[start - first * self._row : stop - first * self._row]

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, self.size, CHUNK):
            yield self.read(start, min(start + CHUNK, self.size))


def unpack(path: Path, sidecar: Sidecar, *, thorough: bool = False) -> faiss.Index:
    """Open the faiss file that a sidecar describes.

    Small files are read whole and their digest is compared; of large ones, which are mapped, a sample.

    Args:
        path: Where it is.
        sidecar: Tells what it holds.
        thorough: Compare the digest of large files too, for those who make another file out of this one.

    Raises:
        OSError: It cannot be read.
        ValueError: It is not the file that the sidecar was written for.
    """
    if path.stat().st_size < MAPPED_FROM:
        content = path.read_bytes()
        if digest([content]) != sidecar.vectors:
            raise ValueError(DAMAGED)
        index = _told(lambda: faiss.deserialize_index(np.frombuffer(content, dtype=np.uint8)))
    else:
        thorough = thorough or not sidecar.sample
        if (digest_file(path) != sidecar.vectors) if thorough else (sample_file(path) != sidecar.sample):
            raise ValueError(DAMAGED)
        index = open_mapped(path)
    if index.ntotal != len(sidecar.photos) or index.d != sidecar.dimension:
        raise ValueError(f"it holds {index.ntotal} vectors of length {index.d}")
    return index


def open_mapped(path: Path) -> faiss.Index:
    """Map a faiss file into memory: only what is looked at is ever read.

    Raises:
        ValueError: It is no faiss file, or is cut off.
    """
    return _told(lambda: faiss.read_index(os.fspath(path), faiss.IO_FLAG_MMAP_IFC))


def rows(index: faiss.Index) -> NDArray[np.float32]:
    """All vectors of an index, (n, dim)."""
    return index.reconstruct_n(0, index.ntotal)


def digest(chunks: Iterable[bytes]) -> str:
    """Name bytes by their contents, "sha256:..."."""
    found = hashlib.sha256()
    for chunk in chunks:
        found.update(chunk)
    return "sha256:" + found.hexdigest()


def digest_file(path: Path) -> str:
    """Name a file by its contents, "sha256:...".

    Raises:
        OSError: It cannot be read.
    """
    with open(path, "rb") as file:
        return digest(iter(lambda: file.read(CHUNK), b""))


def sample(size: int, read: Callable[[int, int], bytes]) -> str:
    """Name bytes by their number and by pieces spread evenly over them, "sha256:...".

    It tells a file that is cut off, half copied or another one; not one in which a few bytes have changed.

    Args:
        size: How many there are.
        read: Gives those from a place up to another.
    """
    starts = np.linspace(0, max(size - PIECE, 0), PIECES).astype(int).tolist()
    pieces = (read(start, min(start + PIECE, size)) for start in starts)
    return digest([f"{size} ".encode(), *pieces])


def sample_file(path: Path) -> str:
    """The `sample` of a file.

    Raises:
        OSError: It cannot be read.
    """
    with open(path, "rb") as file:

        def read(start: int, stop: int) -> bytes:
            file.seek(start)
            return file.read(stop - start)

        return sample(path.stat().st_size, read)


def _told(open_it: Callable[[], faiss.Index]) -> faiss.Index:
    try:
        return open_it()
    except RuntimeError as error:  # C++ text that helps nobody
        raise ValueError("faiss cannot read it") from error
