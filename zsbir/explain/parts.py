"""What an embedding is joined of: the row of the whole picture, and with some methods rows of its regions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zsbir.methods.deep_dual import DeepDual
from zsbir.methods.dp_clip import DPCLIP

if TYPE_CHECKING:
    from zsbir.methods import Method


def whole_rows(method: Method, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cut the rows of whole pictures out of embeddings.

    Args:
        method: That made them.
        vectors: (n, method.dim) float32.

    Returns:
        (n, backbone's dim) float32 unit rows, in the space of the backbone's texts.
    """
    return _unit(vectors[:, : method.backbone.dim])


def region_rows(method: Method, vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cut the rows of regions out of one embedding; their cosines enter the score region by region.

    Args:
        method: That made it.
        vector: (method.dim,) float32.

    Returns:
        (regions, size) float32 unit rows, row by row of a grid; (0, 0) for methods without regions.
    """
    rest = vector[method.backbone.dim :]
    if isinstance(method, DeepDual) and method.cells:
        return _unit(rest.reshape(method.cells))
    if isinstance(method, DPCLIP) and method.local is not None:
        return _unit(rest.reshape(-1, method.backbone.dim))
    return np.zeros((0, 0), dtype=np.float32)


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    return rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-12)
