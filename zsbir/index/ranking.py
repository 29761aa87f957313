"""What a search among vectors gives."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from zsbir.gallery import Photo


@dataclass(frozen=True)
class Ranking:
    """The nearest photos, best first.

    Attributes:
        photos: At most as many as were asked for.
        scores: Their cosines with the query, falling.
        searched: How many photos were ranked.
    """

    photos: tuple[Photo, ...]
    scores: tuple[float, ...]
    searched: int

    @property
    def percentiles(self) -> list[float]:
        """For each photo the share of the searched photos that score no higher, in (0, 100]."""
        falling = -np.array(self.scores)
        higher = np.searchsorted(falling, falling, side="left")  # all that score higher come before
        return (100 * (self.searched - higher) / max(self.searched, 1)).tolist()

    def vote(self) -> str | None:
        """The category that the photos speak for, each by what it scores above the last; None if for none."""
        weights: defaultdict[str, float] = defaultdict(float)
        for photo, score in zip(self.photos, self.scores, strict=True):
            weights[photo.category] += score - self.scores[-1]
        # max keeps the first of equals, and the first is the nearest photo's.
        return max(weights, key=lambda category: weights[category], default="") or None
