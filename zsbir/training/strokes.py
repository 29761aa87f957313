"""Augmented renderings of human sketches: what another hand, pen or hurry would have made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zsbir.images import normalise_sketch
from zsbir.images.pixels import letterbox
from zsbir.strokes import LINE_WIDTH, Drawing, fit_strokes, render_strokes

if TYPE_CHECKING:
    from zsbir.data import Dataset, Item


def augmented_raster(dataset: Dataset, item: Item, side: int, rng: np.random.Generator) -> np.ndarray:
    """Draw one sketch of a dataset, augmented where it has strokes.

    Returns:
        (side, side) uint8, black on white.
    """
    if item.is_vector:
        return augmented_drawing(dataset.drawing(item), side, rng)
    return np.asarray(letterbox(normalise_sketch(dataset.read(item)), side).convert("L"))


def augmented_drawing(
    drawing: Drawing, side: int, rng: np.random.Generator, *, flip: bool = True
) -> np.ndarray:
    """Render a drawing with dropped strokes, a shaking hand, a slanted page and another pen.

    Args:
        drawing: At least one stroke.
        side: Pixels of the square picture.
        rng: Decides everything, so that the same generator gives the same picture.
        flip: Mirror half of the drawings.

    Returns:
        (side, side) uint8, black on white.
    """
    strokes = _drop([stroke.points for stroke in drawing.strokes], rng)
    extent = float(np.ptp(np.concatenate(strokes), axis=0).max()) or 1.0
    strokes = [_shake(points, extent, rng) for points in strokes]
    affine = _random_affine(rng, flip)
    width = LINE_WIDTH * rng.uniform(0.7, 1.6)
    return render_strokes(
        fit_strokes([p @ affine.T for p in strokes], side, line_width=width), side, width * side
    )


def _drop(strokes: list[np.ndarray], rng: np.random.Generator) -> list[np.ndarray]:
    """Leave out some strokes, or the last ones: a drawing in the making. Most of the ink always stays."""
    if len(strokes) < 3 or rng.random() < 0.4:
        return strokes
    if rng.random() < 0.5:
        return strokes[: rng.integers((2 * len(strokes) + 2) // 3, len(strokes) + 1)]
    kept = [points for points in strokes if rng.random() > 0.12]
    return kept if 3 * len(kept) >= 2 * len(strokes) else strokes


def _shake(points: np.ndarray, extent: float, rng: np.random.Generator) -> np.ndarray:
    """Move a stroke a little as a whole and each of its points a little on its own."""
    whole = rng.normal(0, 0.012 * extent, (1, 2))
    each = rng.normal(0, 0.006 * extent, points.shape)
    return (points + whole + each).astype(np.float32)


def _random_affine(rng: np.random.Generator, flip: bool) -> np.ndarray:
    angle = rng.normal(0, 0.15)
    cos, sin = np.cos(angle), np.sin(angle)
    shear = np.array([[1, rng.normal(0, 0.12)], [rng.normal(0, 0.05), 1]])
    stretch = np.exp(rng.normal(0, 0.12))
    mirror = -1 if rng.random() < 0.5 and flip else 1  # drawn anyway: all else stays as it is
    return np.array([[cos, -sin], [sin, cos]]) @ shear @ np.diag([mirror * stretch, 1 / stretch])
