"""Scores that people can read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zsbir.hits import Result
    from zsbir.retriever import Retriever

COMPARED = 4096  # photos that tell how scores spread; more would not change it


@dataclass(frozen=True)
class Reading:
    """How a hit stands among the others; its percentile stands in the hit itself.

    Attributes:
        margin: By how much its cosine is above that of the next photo of the ranking; None for the very last.
        lead: The same in standard deviations of the searched photos' cosines; None likewise.
    """

    margin: float | None
    lead: float | None


def read_scores(retriever: Retriever, result: Result) -> list[Reading]:
    """Tell of each hit how far it is ahead of the next photo, the last one shown included; no model pass.

    Args:
        retriever: That found the result.
        result: Of a search by a drawing alone.
    """
    index, places = retriever.index, retriever.index.places(result.category)
    sample = index.vectors(places[:: -(-len(places) // COMPARED)])
    spread = max(float((sample @ result.vector).std()), 1e-6)
    following = index.search(result.vector, len(result.hits) + 1, result.category).scores
    scores = [hit.score for hit in result.hits]
    nexts = [*scores[1:], *following[len(scores) :]]
    margins = [score - lower for score, lower in zip(scores, nexts, strict=False)]
    readings = [Reading(margin, margin / spread) for margin in margins]
    return readings + [Reading(None, None)] * (len(scores) - len(readings))
