"""Compare: one drawing under several checkpoints and modes side by side."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zsbir.explain.scan import all_scores, rank_among
from zsbir.inference import run

if TYPE_CHECKING:
    from PIL import Image

    from zsbir.hits import Result
    from zsbir.retriever import Retriever
    from zsbir.strokes import Drawing


@dataclass(frozen=True)
class Lane:
    """One way to search.

    Attributes:
        retriever: Its checkpoint has to serve the mode; all lanes are of one gallery.
        mode: "category" or "fine-grained".
        category: As in `Retriever.retrieve`.
    """

    retriever: Retriever
    mode: str = "category"
    category: str | None = None


@dataclass(frozen=True)
class Compared:
    """What one lane found.

    Attributes:
        lane: Which.
        result: As `Retriever.retrieve` gives it.
        seconds: How long that took.
        before: For each hit, its rank in the first lane; None if that did not search for it.
        moved: For each hit, how many places it stands higher than in the first lane; below 0 if lower.
    """

    lane: Lane
    result: Result
    seconds: float
    before: tuple[int | None, ...]
    moved: tuple[int | None, ...]


def compare(drawing: Drawing | Image.Image, lanes: Sequence[Lane], k: int = 12) -> list[Compared]:
    """Search with one drawing in several lanes, one after the other; others are compared with the first.

    Args:
        drawing: Strokes, or a picture of a sketch.
        lanes: At least one.
        k: Photos to return for each lane.

    Raises:
        ZSBIRError: As `Retriever.retrieve` of any lane.
    """
    timed = [_search(drawing, lane, k) for lane in lanes]
    reference = timed[0][0]
    return [
        _compared(lane, result, seconds, lanes[0].retriever, reference)
        for lane, (result, seconds) in zip(lanes, timed, strict=True)
    ]


def _search(drawing: Drawing | Image.Image, lane: Lane, k: int) -> tuple[Result, float]:
    """Search in the inference thread as a whole, so that waiting for it is not counted."""

    def timed() -> tuple[Result, float]:
        start = time.perf_counter()
        result = lane.retriever.retrieve(drawing, lane.mode, k, lane.category)
        return result, time.perf_counter() - start

    return run(timed)


def _compared(lane: Lane, result: Result, seconds: float, first: Retriever, reference: Result) -> Compared:
    places = first.index.places(reference.category)
    scores = all_scores(first.index, reference.vector[None], places)[0]
    by_id = {first.index.photos[place].id: score for place, score in zip(places, scores, strict=True)}
    known = [hit.photo.id for hit in result.hits if hit.photo.id in by_id]
    ranks = rank_among(scores, np.array([by_id[id] for id in known], dtype=np.float32))
    before = dict(zip(known, ranks.tolist(), strict=True))
    ranked = tuple(before.get(hit.photo.id) for hit in result.hits)
    moved = tuple(
        None if rank is None else rank - hit.rank for rank, hit in zip(ranked, result.hits, strict=True)
    )
    return Compared(lane, result, seconds, ranked, moved)
