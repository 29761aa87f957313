"""Strokes to pixels: the one way in which a model sees a drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

LINE_WIDTH = 1 / 64  # of the side of the rendering
MARGIN = 1 / 14  # of the side, left free on every side; one patch column of a ViT at 14 x 14 patches
DOT = 1 / 200  # of the canvas: a drawing smaller than this is a click, not a shape

_OVERSAMPLING = 4
_SHIFT = 4  # fractional bits of the coordinates handed to OpenCV
_FAR = 1e5  # pixels; keeps wild coordinates inside OpenCV's integers


def fit_strokes(
    strokes: Sequence[np.ndarray],
    side: int,
    *,
    line_width: float = LINE_WIDTH,
    margin: float = MARGIN,
    smallest: float = 0.0,
) -> list[np.ndarray]:
    """Move and scale strokes so that their ink fills the square up to the margin, centred, aspect kept.

    Args:
        strokes: at least one array (n, 2) in any one unit.
        side: of the square, in pixels.
        line_width: of the strokes, as a share of the side; half of it sticks out around the points.
        margin: free share of the side, on every side.
        smallest: extent (in the strokes' unit) up to which a drawing is a dot: centred, not enlarged.

    Returns:
        Arrays (n, 2) float64 in pixels; pixel (row, column) covers [column, column + 1) x [row, row + 1).
    """
    points = np.concatenate(strokes).astype(np.float64)
    low, high = points.min(axis=0), points.max(axis=0)
    extent = (high - low).max()
    room = side * max(0.0, 1 - 2 * margin - line_width)
    scale = room / extent if extent > smallest else 0.0
    points = (points - (low + high) / 2) * scale + side / 2
    return np.split(points, np.cumsum([len(stroke) for stroke in strokes])[:-1])


def render_strokes(strokes: Sequence[np.ndarray], side: int, width_px: float) -> np.ndarray:
    """Draw strokes where they are: black on white, antialiased, round caps and joins.

    OpenCV draws only odd whole widths (thickness 2k gives 2k + 1 pixels). Any other width comes
    from the next wider line in grey under the next narrower one in black, oversampled and averaged.

    Args:
        strokes: arrays (n, 2) of finite coordinates in pixels, n >= 1; one point is drawn as a disc.
            Pixel (row, column) covers [column, column + 1) x [row, row + 1). Ink outside is cut off.
        side: of the square picture, in pixels.
        width_px: line width in pixels, > 0.

    Returns:
        (side, side) uint8, 255 = paper, 0 = ink.
    """
    page = np.full((side * _OVERSAMPLING, side * _OVERSAMPLING), 255, np.uint8)
    if strokes:
        lines = _fixed_point(strokes)
        width = width_px * _OVERSAMPLING
        narrow = max(1, int((width - 1) // 2) * 2 + 1)
        excess = (width - narrow) / 2  # share of the wider line, below 0 only for hairlines
        if excess > 0:
            _polylines(page, lines, narrow + 2, grey=round(255 * (1 - excess)))
        _polylines(page, lines, narrow, grey=round(255 * (1 - min(1.0, width))))
    return cv2.resize(page, (side, side), interpolation=cv2.INTER_AREA)


def _fixed_point(strokes: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Turn pixel coordinates into OpenCV's integers, whose pixel centres are whole numbers."""
    # OpenCV draws nothing for a line of one point, but a disc for one of two equal points.
    strokes = [np.repeat(stroke, 2, axis=0) if len(stroke) == 1 else stroke for stroke in strokes]
    points = np.clip(np.concatenate(strokes), -_FAR, _FAR) * _OVERSAMPLING - 0.5
    points = np.rint(points * (1 << _SHIFT)).astype(np.int32)
    return np.split(points, np.cumsum([len(stroke) for stroke in strokes])[:-1])


def _polylines(page: np.ndarray, lines: list[np.ndarray], width: int, grey: int) -> None:
    """Draw lines of an odd width, in oversampled pixels."""
    cv2.polylines(page, lines, False, grey, max(1, width - 1), cv2.LINE_8, _SHIFT)
