"""Quick, Draw! lines: both published forms, and the simplification that makes them small."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zsbir.errors import DrawingError
from zsbir.strokes import Drawing, Stroke
from zsbir.strokes.simplify import keep_points

SIMPLIFIED = '{"word":"cat","countrycode":"VE","drawing":[[[130,113,255],[72,40,0]],[[7],[9]]]}'
RAW = '{"word":"cat","drawing":[[[329.5,311,880.25],[153,160,200],[0,95,117]]]}'


def test_reads_the_simplified_form():
    drawing = Drawing.from_quickdraw(SIMPLIFIED)
    assert (drawing.width, drawing.height) == (256, 256)
    assert drawing.strokes[0].points.tolist() == [[130, 72], [113, 40], [255, 0]]
    assert drawing.strokes[0].times is None
    assert len(drawing.strokes[1]) == 1


def test_reads_the_raw_form():
    drawing = Drawing.from_quickdraw(RAW.encode())
    assert (drawing.width, drawing.height) == (880.25, 256)
    assert drawing.strokes[0].points.tolist() == [[329.5, 153], [311, 160], [880.25, 200]]
    assert drawing.strokes[0].times.tolist() == [0, 95, 117]


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("{}", "drawing"),
        ("[]", "drawing"),
        ('{"drawing": 3}', "list"),
        ('{"drawing": [3]}', "list"),
        ('{"drawing": [[]]}', "Each stroke"),
        ('{"drawing": [[[1]]]}', "Each stroke"),
        ('{"drawing": [[[1], [2], [3], [4]]]}', "Each stroke"),
        ('{"drawing": [[[1, 2], [2]]]}', "same length"),
        ('{"drawing": [[[1, 2], [2, 3], [4]]]}', "times"),
        ('{"drawing": [["ab", "cd"]]}', "list"),
        ('{"drawing": [[["a"], ["b"]]]}', "numbers"),
        ('{"drawing": [[[NaN], [0]]]}', "finite"),
        ('{"drawing": [[[1e7], [0]]]}', "between"),
    ],
)
def test_bad_lines_get_one_sentence(line, word):
    with pytest.raises(DrawingError, match=word):
        Drawing.from_quickdraw(line)


def test_writes_the_simplified_form():
    """Top left aligned, the longer side 0 to 255, whole numbers, needless points gone; all by hand."""
    drawing = Drawing(
        (Stroke([[100, 50], [150, 50], [200, 50]], times=[0, 1, 2]), Stroke([[100, 100]])), 600, 600
    )
    assert json.loads(drawing.to_quickdraw("roof")) == {
        "word": "roof",
        "drawing": [[[0, 255], [0, 0]], [[0], [128]]],
    }
    assert "\n" not in drawing.to_quickdraw()


def test_one_dot_can_be_written():
    assert json.loads(Drawing((Stroke([[7, 9]]),), 10, 10).to_quickdraw()) == {"drawing": [[[0], [0]]]}


def test_simplified_keeps_the_look_and_the_times():
    angle = np.linspace(0, 2 * np.pi, 400)
    circle = np.stack([300 + 200 * np.cos(angle), 300 + 200 * np.sin(angle)], axis=1)
    drawing = Drawing((Stroke(circle, times=np.arange(400), pressures=np.linspace(0, 1, 400)),), 600, 600)
    small = drawing.simplified()
    stroke = small.strokes[0]
    assert 10 < len(stroke) < 40
    kept = stroke.times.astype(int)
    assert np.array_equal(stroke.points, drawing.strokes[0].points[kept])
    assert np.array_equal(stroke.pressures, drawing.strokes[0].pressures[kept])
    change = np.asarray(drawing.render(), float) - np.asarray(small.render(), float)
    assert np.abs(change).mean() < 3


def keep_points_slowly(points, tolerance):
    """The textbook recursion, one point at a time, with the distance from a segment by cases."""
    if len(points) < 3:
        return [True] * len(points)
    first, last = points[0], points[-1]
    distances = []
    for point in points[1:-1]:
        along, towards = last - first, point - first
        if along @ towards <= 0:
            distances.append(np.hypot(*towards))
        elif along @ towards >= along @ along:
            distances.append(np.hypot(*(point - last)))
        else:
            distances.append(abs(along[0] * towards[1] - along[1] * towards[0]) / np.hypot(*along))
    farthest = int(np.argmax(distances)) + 1
    if distances[farthest - 1] <= tolerance:
        return [True] + [False] * (len(points) - 2) + [True]
    left = keep_points_slowly(points[: farthest + 1], tolerance)
    return left[:-1] + keep_points_slowly(points[farthest:], tolerance)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 40), st.sampled_from([0.5, 2.0, 8.0]))
def test_simplification_matches_the_slow_way(seed, count, tolerance):
    points = np.cumsum(np.random.default_rng(seed).normal(size=(count, 2)) * 3, axis=0)
    assert keep_points(points, tolerance).tolist() == keep_points_slowly(points, tolerance)


def test_simplification_by_hand():
    zigzag = np.array([[0, 0], [1, 0.1], [2, 0], [3, 5], [4, 0]], dtype=float)
    assert keep_points(zigzag, 1.0).tolist() == [True, False, True, True, True]
    closed = np.array([[0, 0], [10, 0], [10, 10], [0, 0]], dtype=float)
    assert keep_points(closed, 1.0).all()
