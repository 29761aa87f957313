"""The file `photos.faiss`: vectors in, the same vectors out, and nothing in between."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import faiss
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pathlib import Path

    from zsbir.index.sidecar import Sidecar


def pack(vectors: NDArray[np.float32]) -> bytes:
    """Put unit rows (n, dim) into an exact inner-product index, as the bytes of a faiss file."""
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors))
    return faiss.serialize_index(index).tobytes()


def unpack(path: Path, sidecar: Sidecar) -> faiss.Index:
    """Read the faiss file that a sidecar describes.

    Raises:
        OSError: It cannot be read.
        ValueError: It is not the file that the sidecar was written for.
    """
    content = path.read_bytes()
    if digest(content) != sidecar.vectors:
        raise ValueError("it is damaged, or was written for another index")
    try:
        index = faiss.deserialize_index(np.frombuffer(content, dtype=np.uint8))
    except RuntimeError as error:  # C++ text that helps nobody
        raise ValueError("faiss cannot read it") from error
    if index.ntotal != len(sidecar.photos) or index.d != sidecar.dimension:
        raise ValueError(f"it holds {index.ntotal} vectors of length {index.d}")
    return index


def rows(index: faiss.Index) -> NDArray[np.float32]:
    """All vectors of an index, (n, dim)."""
    return index.reconstruct_n(0, index.ntotal)


def digest(content: bytes) -> str:
    """Name bytes by their contents, "sha256:..."."""
    return "sha256:" + hashlib.sha256(content).hexdigest()
