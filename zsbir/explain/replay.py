"""Rank while drawing: where one photo stood, and what stood first, after each stroke."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zsbir.errors import GalleryError
from zsbir.explain.photos import category_for
from zsbir.explain.renders import check_strokes, evenly
from zsbir.explain.scan import SAME, leading, scan
from zsbir.index.ranking import Ranking
from zsbir.strokes import Drawing

if TYPE_CHECKING:
    from PIL import Image

    from zsbir.gallery import Photo
    from zsbir.hits import Hit
    from zsbir.index import PhotoIndex
    from zsbir.retriever import Retriever

MOMENTS = 64  # looked at, at most


@dataclass(frozen=True)
class Moment:
    """The state of a search after some strokes.

    Attributes:
        strokes: How many had been drawn.
        rank: Of the target, 1 for the best.
        score: Cosine of the target.
        hits: The photos that stood first, best first.
        seen: The picture that the model saw.
    """

    strokes: int
    rank: int
    score: float
    hits: list[Hit]
    seen: Image.Image


@dataclass(frozen=True)
class Replay:
    """A drawing's way to a photo.

    Attributes:
        target: The photo.
        category: What was searched in; None means the whole gallery.
        searched: Photos that were ranked.
        moments: From the first stroke to the last.
    """

    target: Photo
    category: str | None
    searched: int
    moments: list[Moment]


def rank_while_drawing(
    retriever: Retriever,
    drawing: Drawing,
    photo_id: str,
    mode: str = "category",
    k: int = 10,
    category: str | None = None,
) -> Replay:
    """Search with the drawing as it was after each stroke; one batched pass.

    Each moment is fitted to the paper as the page did when it was drawn. Of more than 64 strokes, 64 evenly
    spread moments are looked at, the last one always. In fine-grained mode the search stays in the target's
    category: what the page would have assumed after two strokes would throw the target out of the race.

    Args:
        retriever: Whose gallery; its checkpoint has to serve the mode.
        drawing: Strokes.
        photo_id: The target.
        mode: "category" or "fine-grained".
        k: Photos to return for each moment.
        category: Search in this category, the target's; None means everything in category mode.

    Raises:
        DrawingError: It is a picture, or nothing has been drawn.
        GalleryError: The index does not have the photo, or not in that category.
        CheckpointError: The checkpoint was not made for this mode.
    """
    check_strokes(drawing)
    index = retriever.index
    retriever.check(mode, k, category)
    place = index.place(photo_id)
    target = index.photos[place]
    category = _searched(retriever, target, mode, category)
    places = index.places(category)
    counts = evenly(len(drawing), MOMENTS)
    parts = [Drawing(drawing.strokes[:count], drawing.width, drawing.height) for count in counts]
    images = [retriever.query_image(part) for part in parts]
    vectors = retriever.embed_queries(images, category_for(retriever, target))
    own = vectors @ index.vectors(np.array([place]))[0]
    ranks, firsts = _follow(index, vectors, places, own, k)
    rows = zip(counts, ranks.tolist(), own.tolist(), firsts, images, strict=True)
    moments = [
        Moment(count, rank, score, retriever.hits(first), image) for count, rank, score, first, image in rows
    ]
    return Replay(target, category, len(places), moments)


def _searched(retriever: Retriever, target: Photo, mode: str, category: str | None) -> str | None:
    needed = category_for(retriever, target)
    if category is None:
        return target.category or needed if mode == "fine-grained" else needed
    if category != target.category:
        raise GalleryError(
            f"The photo '{target.id}' is of the category {target.category!r} and cannot be found in "
            f"{category!r}; follow a photo of that category."
        )
    return category


def _follow(
    index: PhotoIndex,
    queries: NDArray[np.float32],
    places: NDArray[np.int64],
    own: NDArray[np.float32],
    k: int,
) -> tuple[NDArray[np.int64], list[Ranking]]:
    """Rank one photo for each query, by its (m,) own scores, and keep the k best, a block at a time."""
    ranks = np.ones(len(queries), dtype=np.int64)
    best: list[tuple[NDArray, NDArray]] = [(places[:0], own[:0])] * len(queries)
    for block, scores in scan(index, queries, places):
        ranks += (scores > own[:, None] + SAME).sum(axis=1)
        for row, (found, values) in enumerate(best):
            found, values = np.concatenate([found, block]), np.concatenate([values, scores[row]])
            first = leading(values, k)
            best[row] = found[first], values[first]
    return ranks, [
        Ranking(tuple(index.photos[place] for place in found), tuple(values.tolist()), len(places))
        for found, values in best
    ]
