"""Every metric for every query of a trial, in blocks that fit the memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zsbir.evaluation import metrics
from zsbir.evaluation.trial import Trial

CUTS = (1, 10, 100, 200)
ACCURACY_CUTS = (1, 5, 10)
BLOCK = 256  # queries whose scores are in memory together: 256 x 12,553 photos take 13 MB
FIRST = 10  # photos of each ranking that are kept, to see what a category is confused with


@dataclass(frozen=True)
class Asked:
    """The queries' embeddings.

    Attributes:
        alone: (q, dim) unit rows of sketches of which nothing is known; methods that need a category were
            told the one that was assumed.
        told: (q, dim) unit rows under the query's own category, as published for such methods; the same
            array as `alone` for all others.
        assumed: The category that each of the q queries was taken for; None if nothing was assumed.
    """

    alone: NDArray[np.float32]
    told: NDArray[np.float32]
    assumed: Sequence[str] | None = None

    def __getitem__(self, rows: slice) -> Asked:
        alone = self.alone[rows]
        told = alone if self.told is self.alone else self.told[rows]
        return Asked(alone, told, self.assumed and self.assumed[rows])


@dataclass(frozen=True)
class Scores:
    """One row for each query.

    Attributes:
        values: Metric name -> (q,) in [0, 1]; NaN where it does not apply to the query, such as `acc@1_all`
            of a sketch without a paired photo.
        best: The same for the metrics that a perfect ranking would not bring to 1.
        relevant: (q,) how many photos answer the query: the in-class gallery, and the R of average precision.
        first: (q, up to 10) positions of the best ranked photos, best first.
        ranks: (q,) rank of the paired photo among the photos that answer the query; n + 1 without one.
    """

    values: dict[str, NDArray[np.float64]]
    best: dict[str, NDArray[np.float64]]
    relevant: NDArray[np.int64]
    first: NDArray[np.int64]
    ranks: NDArray[np.int64]


def score(trial: Trial, asked: Asked, photos: NDArray[np.float32]) -> Scores:
    """Rank all photos for each query by cosine, and measure.

    What is ranked among all photos, average precision and precision among it, asks with `Asked.alone`:
    a method that is told the category has an answer to what category-level search asks for. In-class
    accuracy asks with `Asked.told`, and `acc@k_assumed`, where a category was assumed, is that of
    a visitor: the photo has to be among the first k of the assumed category.

    Args:
        trial: Who searches among whom.
        asked: In the order of `trial.queries`.
        photos: (n, dim) unit rows, in the order of `trial.photos`.
    """
    starts = range(0, len(asked.alone), BLOCK)
    blocks = [_block(trial, slice(start, start + BLOCK), asked, photos) for start in starts]
    return Scores(
        {name: np.concatenate([block.values[name] for block in blocks]) for name in blocks[0].values},
        {name: np.concatenate([block.best[name] for block in blocks]) for name in blocks[0].best},
        *(
            np.concatenate([getattr(block, name) for block in blocks])
            for name in ("relevant", "first", "ranks")
        ),
    )


def _block(trial: Trial, rows: slice, asked: Asked, photos: NDArray[np.float32]) -> Scores:
    asked_here = asked[rows]
    similarity = asked_here.alone @ photos.T
    told = similarity if asked.told is asked.alone else asked_here.told @ photos.T
    relevant, paired = trial.relevant(rows), trial.paired(rows)
    ranked = metrics.rank_relevance(similarity, relevant)
    ranks = metrics.paired_rank(told, paired, relevant)
    values = {
        "mAP@all": metrics.average_precision(ranked),
        "mAP@200_hits": metrics.average_precision(ranked, 200, "hits"),
        "mAP@200_min": metrics.average_precision(ranked, 200, "min"),
        **{f"P@{k}": metrics.precision(ranked, k) for k in CUTS},
        **_accuracies("in_class", ranks, paired),
        **_accuracies("all", metrics.paired_rank(similarity, paired), paired),
    }
    if asked.assumed is not None:
        among = trial.in_categories(asked.assumed, rows)
        values |= _accuracies("assumed", metrics.paired_rank(similarity, paired, among), paired)
        values["assumed_right"] = (among & relevant).any(axis=1).astype(float)
    best = {f"P@{k}": metrics.best_precision(ranked, k) for k in CUTS}
    first = np.argsort(-similarity, axis=1, kind="stable")[:, :FIRST]
    return Scores(values, best, relevant.sum(axis=1), first, ranks)


def _accuracies(
    among: str, ranks: NDArray[np.int64], paired: NDArray[np.bool_]
) -> dict[str, NDArray[np.float64]]:
    has_pair, count = paired.any(axis=1), paired.shape[1]
    # A pair that does not compete has rank count + 1, and must not be among the first 10 of 9 photos.
    return {f"acc@{k}_{among}": np.where(has_pair, ranks <= min(k, count), np.nan) for k in ACCURACY_CUTS}
