"""What visitors draw, at which moments their page asks, and what is told of it."""

from itertools import islice, pairwise
from math import hypot

import numpy as np
import pytest

from zsbir.evaluation.visitors.__main__ import summarise
from zsbir.evaluation.visitors.hand import OFTEN, SPEED, Notes, _moments
from zsbir.evaluation.visitors.sheets import MARGIN, SIDE, endless, load_drawings, place, sheet
from zsbir.strokes import Drawing


def slow_moments(stroke):
    """Walk along the stroke; at every so many units note how many points have been passed."""
    step, moments, walked = SPEED * OFTEN, [], 0.0
    points = list(zip(stroke["x"], stroke["y"], strict=True))
    for passed, (start, end) in enumerate(pairwise(points), start=1):
        walked += hypot(end[0] - start[0], end[1] - start[1])
        while len(moments) * step < walked:
            moments.append(passed)
    return moments


def test_the_page_asks_at_a_pen_s_pace():
    for stroke in next(endless(load_drawings(), 3)):
        assert _moments(stroke).tolist() == slow_moments(stroke)
    assert _moments({"x": [5], "y": [5]}).tolist() == []  # a dot is asked for when the pen is lifted
    assert _moments({"x": [0, 300], "y": [0, 0]}).tolist() == [1, 1, 1, 1]


def test_everybody_draws_something_else_and_stays_on_the_sheet():
    drawn = [strokes for seed in range(30) for strokes in islice(endless(load_drawings(), seed), 2)]
    assert len({sheet(strokes).render(64).tobytes() for strokes in drawn}) == len(drawn)
    for strokes in drawn:
        points = [value for stroke in strokes for axis in "xy" for value in stroke[axis]]
        assert min(points) >= MARGIN - 0.1
        assert max(points) <= SIDE - MARGIN + 0.1


def test_the_same_visitor_draws_the_same_again():
    assert next(endless(load_drawings(), 5)) == next(endless(load_drawings(), 5))


def test_place_by_hand():
    line = Drawing.from_json({"width": 10, "height": 10, "strokes": [{"x": [0, 10], "y": [4, 4]}]})
    assert place(line) == [{"x": [60, 540], "y": [300, 300]}]
    assert place(line, size=0.5, mirrored=True) == [{"x": [420, 180], "y": [300, 300]}]
    turned = place(line, turn=np.pi / 2)[0]
    assert turned["x"] == pytest.approx([300, 300])
    assert sorted(turned["y"]) == pytest.approx([60, 540])


def test_summary_by_hand():
    from zsbir.ui.results import data_url

    strokes, other = [next(endless(load_drawings(), seed)) for seed in (0, 1)]
    seen = data_url(sheet(strokes).render(64))
    notes = [
        Notes(changes=8, asked=3, answers=[0.1, 0.2], photos=[0.4], seen=[(strokes, seen), (other, seen)]),
        Notes(changes=2, asked=2, answers=[0.3]),
    ]
    assert summarise(notes) == {
        "pen_ups_with_answers": 3,
        "pen_up_to_answers_median_ms": pytest.approx(200),
        "pen_up_to_answers_p95_ms": pytest.approx(290),
        "pen_ups_with_photos": 1,
        "pen_up_to_photos_median_ms": pytest.approx(400),
        "pen_up_to_photos_p95_ms": pytest.approx(400),
        "changes": 10,
        "superseded_share": 0.5,
        "of_another_drawing": 1,
    }
