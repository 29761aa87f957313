"""Queries against all photos of an index, for what a search for the nearest does not tell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zsbir.index.ranking import Ranking

if TYPE_CHECKING:
    from zsbir.index import PhotoIndex

BLOCK = 1 << 14  # photos in memory together: 34 MB of vectors of 512 numbers
SAME = 1e-6  # scores nearer than this are equal: two products of the same vectors may round differently


def scan(
    index: PhotoIndex, queries: NDArray[np.float32], places: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float32]]]:
    """Yield blocks of photos with their cosines.

    Args:
        index: Whose photos.
        queries: (m, dim) float32 unit rows.
        places: (n,) which photos; see `PhotoIndex.places`.

    Yields:
        (b,) places and (m, b) float32 cosines.
    """
    for start in range(0, len(places), BLOCK):
        block = places[start : start + BLOCK]
        yield block, queries @ index.vectors(block).T


def all_scores(
    index: PhotoIndex, queries: NDArray[np.float32], places: NDArray[np.int64]
) -> NDArray[np.float32]:
    """The cosines of queries with photos: (m, n), in the order of `places`; see `scan`."""
    return np.concatenate([scores for _, scores in scan(index, queries, places)], axis=1)


def rank_among(scores: NDArray[np.float32], own: NDArray[np.float32]) -> NDArray[np.int64]:
    """Rank numbers among others: 1 + how many are higher.

    Args:
        scores: (n,) all of them.
        own: (p,) those to be ranked.
    """
    rising = np.sort(scores)
    return 1 + len(scores) - np.searchsorted(rising, own + SAME, side="right")


def best(index: PhotoIndex, scores: NDArray[np.float32], places: NDArray[np.int64], k: int) -> Ranking:
    """Make a ranking of scores, whatever they are.

    Args:
        index: Whose photos.
        scores: (n,) of the photos at `places`.
        places: (n,) which photos were ranked.
        k: How many to keep at most.
    """
    first = leading(scores, k)
    photos = tuple(index.photos[place] for place in places[first])
    return Ranking(photos, tuple(scores[first].tolist()), len(places))


def leading(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Where the k highest of (n,) scores are, highest first."""
    kept = np.argpartition(-scores, k)[:k] if k < len(scores) else np.arange(len(scores))
    return kept[np.argsort(-scores[kept], kind="stable")]
