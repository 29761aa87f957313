"""Scores that people can read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from zsbir.hits import Result
    from zsbir.index import PhotoIndex
    from zsbir.retriever import Retriever

COMPARED = 1024  # photos that tell how scores spread, to some two per cent
_samples: WeakKeyDictionary[PhotoIndex, dict[str | None, NDArray[np.float32]]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Reading:
    """How a hit stands among the others; its percentile stands in the hit itself.

    Attributes:
        margin: By how much its cosine is above that of the next photo of the ranking; None for the very last.
        lead: The same in standard deviations of the searched photos' cosines; None likewise.
        above: By how many of these its cosine is above their mean.
    """

    margin: float | None
    lead: float | None
    above: float


def read_scores(retriever: Retriever, result: Result) -> list[Reading]:
    """Tell of each hit how far it is ahead of the next photo, the last one shown included; no model pass.

    Args:
        retriever: That found the result.
        result: Of a search by a drawing alone.
    """
    index = retriever.index
    cosines = _sample(index, result.category) @ result.vector
    mean, spread = float(cosines.mean()), max(float(cosines.std()), 1e-6)
    following = index.search(result.vector, len(result.hits) + 1, result.category).scores
    scores = [hit.score for hit in result.hits]
    nexts = [*scores[1:], *following[len(scores) :], None]
    return [_read(score, lower, mean, spread) for score, lower in zip(scores, nexts, strict=False)]


def _sample(index: PhotoIndex, category: str | None) -> NDArray[np.float32]:
    """Vectors of photos evenly spread over an index, (n, dim), which are the same for all who draw."""
    samples = _samples.setdefault(index, {})
    if category not in samples:
        places = index.places(category)
        samples[category] = index.vectors(places[:: -(-len(places) // COMPARED)])
    return samples[category]


def _read(score: float, lower: float | None, mean: float, spread: float) -> Reading:
    above = (score - mean) / spread
    if lower is None:
        return Reading(None, None, above)
    return Reading(score - lower, (score - lower) / spread, above)
