"""Drawings that mean harm: floods are refused before any work, and nothing else than our error comes out."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zsbir.errors import DrawingError
from zsbir.strokes import MAX_POINTS, MAX_STROKES, Drawing, Stroke


def page(*strokes):
    return {"width": 600, "height": 600, "strokes": [{"x": x, "y": y} for x, y in strokes]}


def test_limits_are_exact():
    most = page(*[([0] * 10, [0] * 10)] * MAX_STROKES)
    assert len(Drawing.from_json(most)) == MAX_STROKES  # and exactly MAX_POINTS points
    with pytest.raises(DrawingError, match="2,001 strokes; at most 2,000"):
        Drawing.from_json(page(*[([0], [0])] * (MAX_STROKES + 1)))
    with pytest.raises(DrawingError, match="20,001 points; at most 20,000"):
        Drawing.from_json(page(([0] * (MAX_POINTS + 1), [0] * (MAX_POINTS + 1))))


@pytest.mark.parametrize("read", [Drawing.from_json, Drawing.from_quickdraw, Drawing.from_svg])
def test_refuses_50_megabytes_without_parsing(read, monkeypatch):
    monkeypatch.setattr(json, "loads", None)
    with pytest.raises(DrawingError, match=r"takes 50\.0 MB; at most 2 MB"):
        read("x" * 50_000_000)


@pytest.mark.parametrize(("strokes", "points"), [(10_000, 1), (1, 100_000)])
def test_refuses_floods_in_every_format(strokes, points):
    column = [0] * points
    path = "<path d='M0 0" + "h1" * points + "'/>"
    for read, payload in (
        (Drawing.from_json, page(*[(column, column)] * strokes)),
        (Drawing.from_quickdraw, {"drawing": [[column, column]] * strokes}),
        (Drawing.from_svg, f"<svg>{path * strokes}</svg>"),
    ):
        with pytest.raises(DrawingError, match="at most 2"):
            read(payload)


def test_the_limits_hold_for_drawings_made_in_python():
    with pytest.raises(DrawingError, match="strokes"):
        Drawing((Stroke(np.zeros((1, 2))),) * (MAX_STROKES + 1), 1, 1)
    with pytest.raises(DrawingError, match="shape"):
        Stroke(np.zeros((0, 2)))
    with pytest.raises(DrawingError, match="shape"):
        Stroke(np.zeros((4, 3)))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["width", "height", "strokes", "drawing", "x", "y", "t", "p"]), inner
        )
    ),
    max_leaves=20,
)
almost = st.fixed_dictionaries(
    {"width": anything, "height": anything, "strokes": st.lists(anything, max_size=3), "drawing": anything}
)


@settings(max_examples=40, deadline=None)
@given(anything | almost | st.text() | st.binary())
def test_no_input_raises_anything_else_than_a_drawing_error(payload):
    for read in (Drawing.from_json, Drawing.from_quickdraw):
        try:
            assert isinstance(read(payload), Drawing)
        except DrawingError as error:
            assert str(error)
