"""Where the parts of a picture lie, as boxes in [0, 1] of its side."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zsbir.backbone.windows import corner_windows


def cell_boxes(cells: tuple[int, int], patches: tuple[int, int]) -> NDArray[np.float32]:
    """Return (cells, 4) left, top, right, bottom of cells that are made of whole patches.

    Cells of a coarser grid overlap where patches do not divide into them (adaptive pooling).

    Args:
        cells: Rows and columns.
        patches: Rows and columns; at least as many.
    """
    tops, lefts = (_edges(*counts) for counts in zip(cells, patches, strict=True))
    boxes = [(left, top, right, bottom) for top, bottom in tops for left, right in lefts]
    return np.array(boxes, dtype=np.float32)


def window_boxes(patches: tuple[int, int]) -> NDArray[np.float32]:
    """Return (4, 4) left, top, right, bottom of the corner windows of a patch grid; see `corner_windows`."""
    places = corner_windows(patches)[:, 1:].numpy() - 1
    rows, columns = places // patches[1], places % patches[1]
    edges = (columns.min(1), rows.min(1), columns.max(1) + 1, rows.max(1) + 1)
    return (np.stack(edges, axis=1) / (patches[1], patches[0], patches[1], patches[0])).astype(np.float32)


def holds(marked: NDArray[np.bool_], boxes: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Tell for each box whether a (height, width) mask is set anywhere in it."""
    height, width = marked.shape
    pixels = np.rint(boxes * (width, height, width, height)).astype(int)
    return np.array([marked[top:bottom, left:right].any() for left, top, right, bottom in pixels])


def _edges(cells: int, patches: int) -> list[tuple[float, float]]:
    """Where cells begin and end along one side."""
    return [
        (cell * patches // cells / patches, -(-(cell + 1) * patches // cells) / patches)
        for cell in range(cells)
    ]
