"""Metrics by hand, against naive twins, and with ties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zsbir.evaluation.metrics import (
    average_precision,
    best_precision,
    paired_rank,
    precision,
    rank_relevance,
)


def marks(*rows: list[int]) -> np.ndarray:
    return np.array(rows, dtype=bool)


# Naive twins: one query at a time, plain Python, straight from the definitions in methods.md 2.4.


def naive_ranking(scores: list[float], relevant: list[bool]) -> list[bool]:
    return [r for _, r in sorted(zip(scores, relevant, strict=True), key=lambda pair: (-pair[0], pair[1]))]


def naive_average_precision(ranked: list[bool], k: int | None, denominator: str) -> float:
    k = len(ranked) if k is None else min(k, len(ranked))
    total, hits = 0.0, 0
    for rank in range(1, k + 1):
        if ranked[rank - 1]:
            hits += 1
            total += hits / rank
    divisor = hits if denominator == "hits" else min(sum(ranked), k)
    return total / divisor if divisor else 0.0


def naive_rank(scores: list[float], paired: list[bool], among: list[bool]) -> int:
    candidates = [i for i in range(len(scores)) if among[i]]
    pairs = [i for i in candidates if paired[i]]
    if not pairs:
        return len(scores) + 1
    order = sorted(candidates, key=lambda i: (-scores[i], paired[i]))
    return 1 + min(order.index(i) for i in pairs)


# Few distinct values, so that most rankings hold ties.
score_values = st.sampled_from([-1.0, -0.25, 0.0, 0.5, 0.75])
query = st.lists(st.tuples(score_values, st.booleans(), st.booleans()), min_size=1, max_size=12)


@settings(deadline=None)  # a busy machine is no failure
@given(query, st.integers(1, 14) | st.none(), st.sampled_from(["hits", "min"]))
def test_average_precision_matches_its_twin(rows, k, denominator):
    scores, relevant, _ = (list(column) for column in zip(*rows, strict=True))
    ranked = rank_relevance(np.array([scores]), np.array([relevant]))
    assert ranked[0].tolist() == naive_ranking(scores, relevant)
    expected = naive_average_precision(naive_ranking(scores, relevant), k, denominator)
    assert average_precision(ranked, k, denominator)[0] == pytest.approx(expected)


@settings(deadline=None)
@given(query, st.integers(1, 14))
def test_precision_matches_its_twin(rows, k):
    scores, relevant, _ = (list(column) for column in zip(*rows, strict=True))
    top = naive_ranking(scores, relevant)[:k]
    found = precision(rank_relevance(np.array([scores]), np.array([relevant])), k)
    assert found[0] == pytest.approx(sum(top) / len(top))


@settings(deadline=None)
@given(query)
def test_paired_rank_matches_its_twin(rows):
    scores, paired, among = (list(column) for column in zip(*rows, strict=True))
    found = paired_rank(np.array([scores]), np.array([paired]), np.array([among]))
    assert found[0] == naive_rank(scores, paired, among)


@pytest.mark.parametrize(
    ("ranked", "k", "denominator", "expected"),
    [
        ([1, 0, 1, 0], None, "min", (1 / 1 + 2 / 3) / 2),
        ([1, 0, 1, 0], None, "hits", (1 / 1 + 2 / 3) / 2),
        ([1, 0, 0, 1], 2, "hits", 1.0),  # the one relevant photo within the cut-off stands first
        ([1, 0, 0, 1], 2, "min", 0.5),  # but two could have been found
        ([0, 0, 1], 2, "hits", 0.0),  # the one relevant photo lies past the cut-off
        ([0, 0, 1], 2, "min", 0.0),
        ([0, 1, 1], 200, "min", (1 / 2 + 2 / 3) / 2),  # a gallery smaller than the cut-off
        ([0, 0, 0], None, "min", 0.0),  # nothing to find
    ],
)
def test_average_precision_by_hand(ranked, k, denominator, expected):
    assert average_precision(marks(ranked), k, denominator) == pytest.approx([expected])


def test_the_two_denominators_bracket_precision():
    """methods.md: under "hits" AP@200 lies above P@200, under "min" below, for rankings that thin out."""
    rng = np.random.default_rng(0)
    ranked = rng.random((50, 1000)) < np.linspace(0.9, 0.3, 1000)
    at_200 = precision(ranked, 200).mean()
    assert (
        average_precision(ranked, 200, "min").mean() < at_200 < average_precision(ranked, 200, "hits").mean()
    )


def test_precision_by_hand():
    ranked = marks([1, 0, 1, 0], [0, 0, 1, 1])
    assert precision(ranked, 2) == pytest.approx([0.5, 0.0])
    assert precision(ranked, 3) == pytest.approx([2 / 3, 1 / 3])


def test_precision_past_the_gallery_is_over_the_gallery():
    assert precision(marks([1, 0, 1, 0]), 100) == pytest.approx([0.5])
    assert best_precision(marks([1, 0, 1, 0]), 100) == pytest.approx([0.5])


def test_best_precision_is_reached_by_the_best_ranking():
    ranked = marks([0, 1, 0, 1, 0], [0, 0, 0, 0, 1])
    perfect = np.sort(ranked, axis=1)[:, ::-1]
    for k in (1, 2, 3, 5, 9):
        assert best_precision(ranked, k) == pytest.approx(precision(perfect, k))


def test_a_model_that_tells_nothing_apart_earns_nothing():
    """All scores equal, gallery sorted by category: a stable sort would reward the first category."""
    scores, relevant = np.zeros((1, 6)), marks([1, 1, 0, 0, 0, 0])
    ranked = rank_relevance(scores, relevant)
    assert ranked.tolist() == [[False] * 4 + [True] * 2]
    assert precision(ranked, 2)[0] == 0
    assert paired_rank(scores, marks([1, 0, 0, 0, 0, 0]))[0] == 6


def test_metrics_do_not_depend_on_the_order_of_files():
    rng = np.random.default_rng(1)
    scores = rng.integers(0, 4, (8, 30)).astype(np.float32)
    relevant, paired = rng.random((8, 30)) < 0.3, rng.random((8, 30)) < 0.1
    shuffled = rng.permutation(30)
    assert np.array_equal(
        rank_relevance(scores, relevant), rank_relevance(scores[:, shuffled], relevant[:, shuffled])
    )
    assert np.array_equal(paired_rank(scores, paired), paired_rank(scores[:, shuffled], paired[:, shuffled]))


def test_paired_rank_by_hand():
    scores = np.array([[0.9, 0.5, 0.7, 0.1]] * 3)
    paired = marks([0, 1, 0, 0], [0, 1, 0, 1], [0, 0, 0, 0])
    assert paired_rank(scores, paired).tolist() == [3, 3, 5]  # of two pairs the better counts; none: n + 1
    in_class = marks([0, 1, 1, 1], [0, 1, 0, 1], [1, 1, 1, 1])
    assert paired_rank(scores, paired, in_class).tolist() == [2, 1, 5]


def test_negative_scores_count_like_others():
    """Cosine distances handed over as negative scores: the trap of torchmetrics 1.9 (AP = 0)."""
    ranked = rank_relevance(np.array([[-0.1, -0.9, -0.5]]), marks([1, 0, 1]))
    assert average_precision(ranked)[0] == 1.0
