"""Retrieval metrics over a whole score matrix at once; numpy only.

Ties. Photos with equal scores have no order of their own. Every metric here takes the worst one: photos
that do not count come first. So no number depends on the order of files, and a model that gives every
photo the same score earns nothing, where a stable sort over a gallery sorted by category could earn much.

Shapes: q queries, n photos. Every function returns one value per query; the papers' numbers are the means.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Floats = NDArray[np.floating]


def rank_relevance(scores: Floats, relevant: Bools) -> Bools:
    """Sort each query's relevance marks by falling score, the irrelevant first among equals.

    Args:
        scores: (q, n), higher is more alike, no NaN.
        relevant: (q, n), whether the photo answers the query.

    Returns:
        (q, n): `relevant` in the order of the ranking.
    """
    order = np.lexsort((relevant, -scores), axis=-1)
    return np.take_along_axis(relevant, order, axis=-1)


def average_precision(
    ranked: Bools, k: int | None = None, denominator: Literal["hits", "min"] = "min"
) -> NDArray[np.float64]:
    """Plain (not interpolated) average precision, down to rank k or over the whole ranking.

    With S = the sum of P(i) over the relevant ranks i <= k, R = relevant photos in the gallery and R_k =
    those among the first k, AP@k is S / R_k ("hits", as torchmetrics and CLIP-AT's code) or S / min(R, k)
    ("min", as ZSE-SBIR). They differ by 0.2 on real rankings: never compare one with the other. Without
    k both are S / R.

    Args:
        ranked: (q, n) as `rank_relevance` returns.
        k: cut-off; None, or more than n, means the whole ranking.
        denominator: what the sum is divided by.

    Returns:
        (q,) in [0, 1]; 0 where nothing relevant counts.
    """
    top = ranked if k is None else ranked[:, :k]
    hits = np.cumsum(top, axis=1)
    precisions = hits / np.arange(1, top.shape[1] + 1)
    total = np.sum(precisions * top, axis=1)
    found = top.sum(axis=1)
    possible = np.minimum(ranked.sum(axis=1), top.shape[1])
    return total / np.maximum(found if denominator == "hits" else possible, 1)


def precision(ranked: Bools, k: int) -> NDArray[np.float64]:
    """Share of relevant photos among the first k.

    A gallery of fewer than k photos has no k-th: the share is then of all its photos. The number of
    relevant photos does not enter, so with R < k the best possible value is R / k, see `best_precision`.

    Args:
        ranked: (q, n) as `rank_relevance` returns.
        k: cut-off, at least 1.

    Returns:
        (q,) in [0, 1].
    """
    return ranked[:, :k].mean(axis=1)


def best_precision(ranked: Bools, k: int) -> NDArray[np.float64]:
    """What `precision` would be for a perfect ranking of the same photos."""
    k = min(k, ranked.shape[1])
    return np.minimum(ranked.sum(axis=1), k) / k


def paired_rank(scores: Floats, paired: Bools, among: Bools | None = None) -> NDArray[np.int64]:
    """Rank of the photo that a sketch was drawn from.

    Args:
        scores: (q, n), higher is more alike, no NaN.
        paired: (q, n), the photo of the same instance; of several, the best ranked counts.
        among: (q, n), the photos that compete, such as those of the query's category; None means all.

    Returns:
        (q,) from 1; n + 1 where the query has no pair among the photos.
    """
    competing = np.ones_like(paired) if among is None else among
    paired = paired & competing
    best = np.max(scores, axis=1, where=paired, initial=-np.inf, keepdims=True)
    ahead = competing & ~paired & (scores >= best)
    return np.where(paired.any(axis=1), 1 + ahead.sum(axis=1), scores.shape[1] + 1)
