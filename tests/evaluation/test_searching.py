"""Drawing photos around a gallery's, and the figures of searching among them."""

import json

import numpy as np
import pytest

from zsbir.cli import main
from zsbir.evaluation import searching
from zsbir.evaluation.searching import draw_photos, measure
from zsbir.index import approximate


@pytest.fixture(scope="module")
def gallery():
    """Twenty photos, spread in one direction more than in the others."""
    rows = np.random.default_rng(0).standard_normal((20, 8)) * [9, 1, 1, 1, 1, 1, 1, 1] + 3
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def drawn(gallery, noise, count=4000, seed=0):
    out = np.empty((count, 8), dtype=np.float32)
    draw_photos(gallery, count, noise, out, seed)
    return out


@pytest.mark.parametrize("noise", [0.0, 0.5, float("inf")])
def test_photos_are_unit_rows_and_the_same_again(gallery, noise):
    rows = drawn(gallery, noise)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)
    assert np.array_equal(rows, drawn(gallery, noise))
    assert not np.array_equal(rows, drawn(gallery, noise, seed=1))


def test_without_noise_photos_are_the_gallery_s(gallery):
    assert (drawn(gallery, 0.0, 200) @ gallery.T).max(axis=1) == pytest.approx(1, abs=1e-5)


def test_noise_is_spread_as_the_gallery_is():
    """Far from the unit sphere's curve the covariance adds up: that of the gallery, and noise times it."""
    near = np.random.default_rng(0).standard_normal((500, 8)) * ([0.05] + [0.01] * 7) + 5
    near = (near / np.linalg.norm(near, axis=1, keepdims=True)).astype(np.float32)
    values = np.linalg.eigvalsh(np.cov(drawn(near, 1.0, 20000), rowvar=False))
    assert values[-1] / np.linalg.eigvalsh(np.cov(near, rowvar=False))[-1] == pytest.approx(2, rel=0.1)


def test_rows_tell_what_was_measured(gallery, monkeypatch):
    monkeypatch.setattr(approximate, "EXACT_UP_TO", 1000)
    monkeypatch.setattr(searching, "NEAREST", 5)
    exact, likely = measure(gallery, drawn(gallery, 0.5, 10, seed=3), 2000, 0.5)
    assert (exact.search, exact.chosen, exact.recall, exact.worst, exact.ratio) == ("exact", False, 1, 1, 1)
    assert (likely.search, likely.chosen) == ("approximate", True)
    assert 0.5 < likely.recall <= 1 and likely.worst <= likely.recall
    assert exact.file == exact.read == pytest.approx(2000 * 8 * 4 / 1e6, abs=1e-4)
    assert likely.median <= likely.p95 and exact.median <= exact.p95


def test_the_command_prints_a_row_for_each_search(capsys):
    assert (
        main(["benchmark", "search", "--counts", "2000", "--queries", "5", "--device", "cpu", "--json"]) == 0
    )
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["photos"], row["search"], row["chosen"]) for row in rows] == [
        (2000, "exact", True),
        (2000, "approximate", False),
    ]
