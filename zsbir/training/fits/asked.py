"""Drawings as a checkpoint embeds them, and what one search tells of each besides the photos."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zsbir.errors import DataError
from zsbir.evaluation.embed import Embedder
from zsbir.explain.scan import all_scores
from zsbir.training.fits.questions import Questions

if TYPE_CHECKING:
    from zsbir.retriever import Retriever

VOTERS, SHOWN = 10, 24


@dataclass(frozen=True, eq=False)
class Asked:
    """Drawings that could be read.

    Attributes:
        vectors: (n, dim) float32, as searched with.
        categories: (n,) what they show.
        here: (n,) whether the gallery has it.
    """

    vectors: NDArray[np.float32]
    categories: tuple[str, ...]
    here: NDArray[np.bool_]

    @classmethod
    def embed(cls, retriever: Retriever, questions: Questions) -> Asked:
        """Embed drawings with a retriever's checkpoint.

        Raises:
            DataError: None shows what the gallery has, or none what it lacks.
        """
        embedded = Embedder(retriever.checkpoint.method).embed(questions.dataset, questions.items)
        answers = dict(zip(questions.items, questions.here, strict=True))
        here = np.array([answers[item] for item in embedded.items], dtype=bool)
        if here.all() or not here.any():
            raise DataError(
                f"The held-out drawings of {questions.dataset.name} do not show both things that gallery "
                f"'{retriever.gallery.name}' has and things that it lacks; choose another gallery."
            )
        return cls(embedded.vectors, tuple(item.category for item in embedded.items), here)


def search_alone(retriever: Retriever, vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """What a search tells of whether its photos fit: (n, 7).

    The best cosine and the mean of the ten best; the cosines' deviation over all photos; in such deviations,
    how far the best is above the mean of all and above the nine next; the share of the ten best that are of
    one category; how many categories there are among 24.
    """
    index = retriever.index
    labels = np.array([photo.category for photo in index.photos])
    scores = all_scores(index, vectors, index.places()).astype(np.float64)
    order = np.argsort(-scores, axis=1, kind="stable")[:, :SHOWN]
    best = np.take_along_axis(scores, order, axis=1)
    ten, deviation = best[:, :VOTERS].mean(axis=1), np.maximum(scores.std(axis=1), 1e-9)
    lead = best[:, 0] - best[:, 1:VOTERS].mean(axis=1)
    agreeing = [Counter(row[:VOTERS]).most_common(1)[0][1] for row in labels[order]]
    kinds = [len(set(row)) for row in labels[order]]
    heights = (best[:, 0] - scores.mean(axis=1)) / deviation
    return np.stack([best[:, 0], ten, deviation, heights, lead / deviation, agreeing, kinds], axis=1)
