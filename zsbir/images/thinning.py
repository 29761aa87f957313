"""Lines of any width to lines of one pixel, by Zhang and Suen's thinning (1984)."""

from __future__ import annotations

import cv2
import numpy as np

_FILLED = 2.2  # times the usual half width of a line, from which ink is an area and not a line


def _lookup() -> np.ndarray:
    """Tell for each half step and neighbourhood whether its centre goes, (2, 256) uint8.

    Bit k of a neighbourhood is the k-th neighbour, clockwise from the one above.
    """
    table = np.zeros((2, 256), np.uint8)
    for code in range(256):
        around = [(code >> k) & 1 for k in range(8)]
        rises = sum(
            (here, after) == (0, 1) for here, after in zip(around, around[1:] + around[:1], strict=True)
        )
        if not (2 <= sum(around) <= 6 and rises == 1):
            continue
        above, right, below, left = around[::2]
        table[0, code] = not (above and right and below) and not (right and below and left)
        table[1, code] = not (above and right and left) and not (above and below and left)
    return table


_GOES = _lookup()
_CODE = np.array([[128, 1, 2], [64, 0, 4], [32, 16, 8]], np.float32)


def thin(mask: np.ndarray) -> np.ndarray:
    """Thin ink until nothing can go without a gap, a shorter end or a lost dot.

    Args:
        mask: (height, width) uint8, 1 is ink.

    Returns:
        (height, width) uint8, a subset of the ink.
    """
    mask = np.pad(mask, 1)
    while True:
        before = int(mask.sum())
        for goes in _GOES:
            code = cv2.filter2D(mask, cv2.CV_32F, _CODE, borderType=cv2.BORDER_CONSTANT).astype(np.uint8)
            mask &= 1 - goes[code]
        if int(mask.sum()) == before:
            return mask[1:-1, 1:-1]


def centre_lines(mask: np.ndarray) -> np.ndarray:
    """Thin lines to their middle, and what is filled, such as a black wheel, to its outline.

    Args:
        mask: (height, width) uint8, 1 is ink.

    Returns:
        (height, width) uint8, 1 is line.
    """
    distance = cv2.distanceTransform(np.pad(mask, 1), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
    lines = thin(mask)
    half = float(np.median(distance[lines > 0])) if lines.any() else 0.0
    core = (distance > max(_FILLED * half, 3)).astype(np.uint8)
    if not core.any():
        return lines
    areas = _grown(core, distance, half) & mask
    outlines = cv2.findContours(areas, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)[0]
    hollow = mask & (1 - areas)
    cv2.drawContours(hollow, outlines, -1, 1)
    return thin(hollow)


def _grown(core: np.ndarray, distance: np.ndarray, half: float) -> np.ndarray:
    """Grow the inside of areas back to their edge, which is as far off as it was cut away."""
    reach = round(max(_FILLED * half, 3)) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return cv2.dilate(core, kernel)
