"""Every metric for every query of a trial, in blocks that fit the memory."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from zsbir.evaluation import metrics
from zsbir.evaluation.protocols import Trial

CUTS = (1, 10, 100, 200)
ACCURACY_CUTS = (1, 5, 10)
BLOCK = 256  # queries whose scores are in memory together: 256 x 12,553 photos take 13 MB
FIRST = 10  # photos of each ranking that are kept, to see what a category is confused with


@dataclass(frozen=True)
class Scores:
    """One row for each query.

    Attributes:
        values: Metric name -> (q,) in [0, 1]; NaN where it does not apply to the query, such as `acc@1_all`
            of a sketch without a paired photo.
        best: The same for the metrics that a perfect ranking would not bring to 1.
        relevant: (q,) how many photos answer the query: the in-class gallery, and the R of average precision.
        first: (q, up to 10) positions of the best ranked photos, best first.
    """

    values: dict[str, NDArray[np.float64]]
    best: dict[str, NDArray[np.float64]]
    relevant: NDArray[np.int64]
    first: NDArray[np.int64]


def score(trial: Trial, queries: NDArray[np.float32], photos: NDArray[np.float32]) -> Scores:
    """Rank all photos for each query by cosine, and measure.

    Args:
        trial: Who searches among whom.
        queries: (q, dim) unit rows, in the order of `trial.queries`.
        photos: (n, dim) unit rows, in the order of `trial.photos`.
    """
    starts = range(0, len(queries), BLOCK)
    blocks = [_block(trial, slice(start, start + BLOCK), queries, photos) for start in starts]
    return Scores(
        {name: np.concatenate([block.values[name] for block in blocks]) for name in blocks[0].values},
        {name: np.concatenate([block.best[name] for block in blocks]) for name in blocks[0].best},
        np.concatenate([block.relevant for block in blocks]),
        np.concatenate([block.first for block in blocks]),
    )


def _block(trial: Trial, rows: slice, queries: NDArray[np.float32], photos: NDArray[np.float32]) -> Scores:
    similarity = queries[rows] @ photos.T
    relevant, paired = trial.relevant(rows), trial.paired(rows)
    ranked = metrics.rank_relevance(similarity, relevant)
    values = {
        "mAP@all": metrics.average_precision(ranked),
        "mAP@200_hits": metrics.average_precision(ranked, 200, "hits"),
        "mAP@200_min": metrics.average_precision(ranked, 200, "min"),
        **{f"P@{k}": metrics.precision(ranked, k) for k in CUTS},
        **_accuracies("in_class", metrics.paired_rank(similarity, paired, relevant), paired),
        **_accuracies("all", metrics.paired_rank(similarity, paired), paired),
    }
    best = {f"P@{k}": metrics.best_precision(ranked, k) for k in CUTS}
    first = np.argsort(-similarity, axis=1, kind="stable")[:, :FIRST]
    return Scores(values, best, relevant.sum(axis=1), first)


def _accuracies(
    among: str, ranks: NDArray[np.int64], paired: NDArray[np.bool_]
) -> dict[str, NDArray[np.float64]]:
    has_pair = paired.any(axis=1)
    return {f"acc@{k}_{among}": np.where(has_pair, ranks <= k, np.nan) for k in ACCURACY_CUTS}
