"""Fewer points for the same look: Ramer, Douglas and Peucker's line simplification."""

from __future__ import annotations

import numpy as np


def keep_points(points: np.ndarray, tolerance: float) -> np.ndarray:
    """Choose the points that are needed to stay within a distance of the line.

    Args:
        points: (n, 2) float, n >= 1.
        tolerance: largest distance of a dropped point from the simplified line, in the points' unit.

    Returns:
        (n,) bool, True for points to keep; the first and the last always are.
    """
    points = points.astype(np.float64)
    keep = np.zeros(len(points), dtype=bool)
    keep[[0, -1]] = True
    spans = [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        distances = segment_distances(points[first + 1 : last], points[first], points[last])
        farthest = int(distances.argmax())
        if distances[farthest] > tolerance:
            middle = first + 1 + farthest
            keep[middle] = True
            spans += [(first, middle), (middle, last)]
    return keep


def segment_distances(points: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return the distance (n,) of each point (n, 2) from the segment between two points (2,)."""
    along = end - start
    length = along @ along
    share = np.clip((points - start) @ along / length, 0, 1) if length > 0 else np.zeros(len(points))
    return np.linalg.norm(points - start - share[:, None] * along, axis=1)
