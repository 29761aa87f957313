"""What it means that one category is ahead, counted photo by photo."""

import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import zsbir.ui
from zsbir.evaluation.leads import CLEAR, CLOSE, format_rows, leading_categories

LABELS = np.array(["mug", "cup", "mug", "saw", "cup"])


def test_the_best_photo_of_each_category_counts():
    scores = np.random.default_rng(0).normal(size=(20, 5)).astype(np.float32)
    names, first, second, leads = leading_categories(scores, LABELS)
    for row, one, two, lead in zip(scores, first, second, leads, strict=True):
        best = sorted(
            ((max(row[place] for place in range(5) if LABELS[place] == name), name) for name in set(LABELS)),
            reverse=True,
        )
        assert [names[one], names[two]] == [best[0][1], best[1][1]]
        assert lead == pytest.approx((best[0][0] - best[1][0]) / row.std(), rel=1e-4)


def test_a_kind_of_what_was_drawn_is_right_and_what_the_gallery_lacks_does_not_count():
    vectors = np.eye(3, dtype=np.float32)
    index = SimpleNamespace(
        photos=[SimpleNamespace(category=name) for name in ("armchair", "cup", "saw")],
        places=lambda: np.arange(3),
        vectors=lambda places: vectors[places],
    )
    asked = SimpleNamespace(
        vectors=vectors[[0, 0, 1, 2]],
        categories=("chair", "cup", "cup", "unicorn"),
        here=np.array([True, True, True, False]),
    )
    (row,) = format_rows("plain", SimpleNamespace(index=index), asked)
    assert row == "| plain | from 1 | 100 % | 67 % | 100 % |"


def test_the_page_goes_by_the_same_leads():
    text = (Path(zsbir.ui.__file__).parent / "static/results/heading.js").read_text(encoding="utf-8")
    told = {name: float(value) for name, value in re.findall(r"^const (CLEAR|CLOSE) = ([\d.]+);", text, re.M)}
    assert told == {"CLEAR": CLEAR, "CLOSE": CLOSE}
