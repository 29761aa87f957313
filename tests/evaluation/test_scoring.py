"""Scores of whole trials: by hand, in blocks, and what an assumed category costs."""

import numpy as np
import pytest

from tests.evaluation.kit import photo_item, sketch_item
from zsbir.evaluation.scoring import Asked, score
from zsbir.evaluation.trial import Trial


def same(vectors: np.ndarray, assumed=None) -> Asked:
    return Asked(vectors, vectors, assumed)


def random_rows(rng, count: int) -> np.ndarray:
    vectors = rng.normal(size=(count, 5)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def trial_of(queries, photos) -> Trial:
    return Trial(tuple(queries), tuple(photos), lambda a, b: a == b)


def test_accuracy_in_class_and_over_all_photos_by_hand():
    """The sketched apple looks most like a pear; among the apples its own photo is first."""
    photos = (photo_item("apple", "1"), photo_item("apple", "2"), photo_item("pear", "3"))
    trial = trial_of([sketch_item("apple", "1")], photos)
    vectors = np.array([[0.6, 0.8], [0.0, 1.0], [1.0, 0.0]], dtype=np.float32)
    scores = score(trial, same(np.array([[1.0, 0.0]], dtype=np.float32)), vectors)
    assert scores.values["acc@1_in_class"][0] == 1
    assert scores.values["acc@1_all"][0] == 0
    assert scores.values["acc@5_all"][0] == 1
    assert scores.ranks.tolist() == [1]


def test_an_assumed_category_costs_what_it_hides():
    photos = (photo_item("apple", "1"), photo_item("apple", "2"), photo_item("pear", "3"))
    trial = trial_of([sketch_item("apple", "1"), sketch_item("apple", "1")], photos)
    vectors = np.array([[0.6, 0.8], [0.0, 1.0], [1.0, 0.0]], dtype=np.float32)
    queries = np.array([[1.0, 0.0]] * 2, dtype=np.float32)
    values = score(trial, same(queries, ["pear", "apple"]), vectors).values
    assert values["acc@1_in_class"].tolist() == [1, 1]
    assert values["acc@1_assumed"].tolist() == values["acc@10_assumed"].tolist() == [0, 1]
    assert values["assumed_right"].tolist() == [0, 1]
    assert "assumed_right" not in score(trial, same(queries), vectors).values


def test_what_is_told_counts_in_class_only():
    """Told, the sketch finds its photo; alone, it looks like the other apple and like the pear."""
    photos = (photo_item("apple", "1"), photo_item("apple", "2"), photo_item("pear", "3"))
    trial = trial_of([sketch_item("apple", "1")], photos)
    vectors = np.eye(3, dtype=np.float32)
    told = np.array([[1, 0, 0]], dtype=np.float32)
    alone = np.array([[0.0, 0.6, 0.8]], dtype=np.float32)
    values = score(trial, Asked(alone, told, ["apple"]), vectors).values
    assert (values["acc@1_in_class"][0], values["acc@1_assumed"][0], values["acc@1_all"][0]) == (1, 0, 0)
    assert values["mAP@all"][0] == pytest.approx((1 / 2 + 2 / 3) / 2)


def test_scores_of_blocks_are_those_of_one_block(monkeypatch):
    rng = np.random.default_rng(0)
    vectors, told = random_rows(rng, 40), random_rows(rng, 17)
    categories = [f"c{i % 4}" for i in range(40)]
    queries = tuple(sketch_item(c, str(i % 3)) for i, c in enumerate(categories[:17]))
    trial = trial_of(queries, (photo_item(c, str(i % 3)) for i, c in enumerate(categories)))
    asked = Asked(vectors[:17], told, [f"c{i % 3}" for i in range(17)])
    whole = score(trial, asked, vectors)
    monkeypatch.setattr("zsbir.evaluation.scoring.BLOCK", 4)
    blocks = score(trial, asked, vectors)
    for name, values in whole.values.items():
        assert np.array_equal(values, blocks.values[name], equal_nan=True), name
    assert np.array_equal(whole.first, blocks.first)
    assert np.array_equal(whole.ranks, blocks.ranks)


def test_accuracies_match_the_slow_way():
    """One query at a time, plain Python: sort the photos that compete, look where the paired one stands."""
    rng = np.random.default_rng(1)
    vectors, alone, told = random_rows(rng, 30), random_rows(rng, 20), random_rows(rng, 20)
    photos = tuple(photo_item(f"c{i % 3}", str(i)) for i in range(30))
    queries = tuple(sketch_item(f"c{i % 3}", str(i)) for i in range(20))
    assumed = [f"c{(i * i) % 3}" for i in range(20)]
    values = score(trial_of(queries, photos), Asked(alone, told, assumed), vectors).values

    def found(query, row, competing, k):
        order = sorted(competing, key=lambda i: -float(vectors[i] @ row))
        return any(photos[i].instance == query.instance for i in order[:k])

    for k in (1, 5, 10):
        for number, query in enumerate(queries):
            own = [i for i in range(30) if photos[i].category == query.category]
            guessed = [i for i in range(30) if photos[i].category == assumed[number]]
            expected = {
                "in_class": found(query, told[number], own, k),
                "all": found(query, alone[number], range(30), k),
                "assumed": found(query, alone[number], guessed, k),
            }
            assert {name: values[f"acc@{k}_{name}"][number] for name in expected} == expected
