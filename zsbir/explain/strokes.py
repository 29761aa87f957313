"""Which strokes matter: what a photo's score loses when a stroke is left out (occlusion of strokes)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zsbir.explain.photos import category_for
from zsbir.explain.renders import check_strokes, render_kept

if TYPE_CHECKING:
    from zsbir.gallery import Photo
    from zsbir.retriever import Retriever
    from zsbir.strokes import Drawing

MOST = 64  # pictures beside the whole drawing; of more strokes, several are left out together
FAINT = 0.01  # a cosine's change by which no ranking moves much; smaller ones are not coloured as strongest


@dataclass(frozen=True)
class StrokeImportance:
    """What each stroke does for one photo.

    Attributes:
        photo: Which.
        score: Cosine of the whole drawing with it, in [-1, 1].
        drops: For each stroke, by how much the score falls without it; below 0 where it rises.
        weights: The same in [0, 1] for colouring: 1 for the stroke that matters most, 0 for strokes that do
            nothing or harm. All stay small where no drop reaches `FAINT`.
        groups: For each stroke, which strokes it was left out with, numbered in drawing order.
    """

    photo: Photo
    score: float
    drops: tuple[float, ...]
    weights: tuple[float, ...]
    groups: tuple[int, ...]


def stroke_importance(retriever: Retriever, drawing: Drawing, photo_id: str) -> StrokeImportance:
    """Leave out one stroke after the other, and compare what is left with a photo; one batched pass.

    The rest of the drawing stays where it is, so that what counts is the ink and not that the drawing would
    be fitted to the paper anew. A drawing of one stroke is compared with blank paper. Up to 64 strokes are
    told apart; of a drawing with more, neighbours in time are left out together, in 64 groups of about as
    many strokes, and share one drop. Methods that embed under a category are told the photo's.

    Args:
        retriever: Whose method, and whose index the photo is in.
        drawing: Strokes.
        photo_id: The photo.

    Raises:
        DrawingError: It is a picture, or nothing has been drawn.
        GalleryError: The index does not have the photo.
    """
    check_strokes(drawing)
    place = retriever.index.place(photo_id)
    photo = retriever.index.photos[place]
    groups = np.array_split(np.arange(len(drawing)), min(len(drawing), MOST))
    kept = [range(len(drawing)), *(np.delete(np.arange(len(drawing)), group).tolist() for group in groups)]
    images = render_kept(drawing, kept, retriever.checkpoint.method.preprocess.side)
    vectors = retriever.embed_queries(images, category_for(retriever, photo))
    scores = vectors @ retriever.index.vectors(np.array([place]))[0]
    by_group = scores[0] - scores[1:]
    drops = np.repeat(by_group, [len(group) for group in groups])
    return StrokeImportance(
        photo=photo,
        score=float(scores[0]),
        drops=tuple(drops.tolist()),
        weights=tuple((drops.clip(0) / max(float(drops.max()), FAINT)).tolist()),
        groups=tuple(np.repeat(np.arange(len(groups)), [len(group) for group in groups]).tolist()),
    )
