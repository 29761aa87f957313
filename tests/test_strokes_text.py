"""Text of any format to a drawing, and a drawing onto a sheet."""

import json

import numpy as np
import pytest

from zsbir.errors import DrawingError
from zsbir.strokes import MARGIN, Drawing, Stroke

ZIGZAG = Drawing((Stroke([[10, 20], [30, 90], [70, 20]], [0, 40, 95]), Stroke([[50, 50]], [130])), 100, 100)


@pytest.mark.parametrize("as_bytes", [False, True])
@pytest.mark.parametrize(
    "text",
    [
        ZIGZAG.to_svg(),
        json.dumps(ZIGZAG.to_json()),
        json.dumps(ZIGZAG.to_json(), indent=2),
        ZIGZAG.to_quickdraw("zigzag", raw=True),
        ZIGZAG.to_quickdraw(raw=True) + "\n" + Drawing((Stroke([[1, 1]]),), 9, 9).to_quickdraw() + "\n",
        "\ufeff\n " + ZIGZAG.to_svg(),
    ],
    ids=["svg", "json", "indented", "ndjson", "two lines", "with a mark"],
)
def test_every_format_is_told_by_how_it_begins(text, as_bytes):
    drawing = Drawing.from_text(text.encode() if as_bytes else text)
    assert [stroke.points.tolist() for stroke in drawing.strokes] == [
        stroke.points.tolist() for stroke in ZIGZAG.strokes
    ]


@pytest.mark.parametrize(
    "text", ["", "hello", "[1, 2]", "{}", '{"x": 1}', "null\n{}", "\x00\xff", "{" * 5000]
)
def test_other_text_is_one_sentence(text):
    with pytest.raises(DrawingError, match="no drawing that can be read"):
        Drawing.from_text(text)


def test_broken_svg_and_long_text_say_so():
    with pytest.raises(DrawingError, match="not an SVG"):
        Drawing.from_text("<svg")
    with pytest.raises(DrawingError, match="at most 2 MB"):
        Drawing.from_text(" " * 2_000_001)


def test_placed_fills_a_sheet_and_keeps_the_rest():
    placed = ZIGZAG.placed(600)
    low, high = 600 * MARGIN, 600 * (1 - MARGIN)
    half = 30 * (high - low) / 70  # it is 60 wide and 70 high
    assert placed.bounds == pytest.approx((300 - half, low, 300 + half, high), rel=1e-6)
    assert (placed.width, placed.height) == (600, 600)
    assert placed.strokes[0].times.tolist() == [0, 40, 95]
    assert np.abs(np.asarray(placed.render(64), int) - np.asarray(ZIGZAG.render(64), int)).max() <= 40
    again = placed.placed(600)
    assert again.strokes[0].points == pytest.approx(placed.strokes[0].points, abs=1e-3)


def test_placing_a_dot_and_nothing():
    dot = Drawing((Stroke([[3, 4]]),), 100, 100).placed(600)
    assert dot.strokes[0].points.tolist() == [[300, 300]]
    assert Drawing((), 100, 50).placed(600) == Drawing((), 600, 600)
