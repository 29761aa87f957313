"""What the sheet's buttons call: drawings from and to other formats, trouble as a sentence."""

from __future__ import annotations

import pytest

from tests.paper import HOUSE, photo
from zsbir.strokes import Drawing
from zsbir.ui.formats import MORE, read_drawing, trace_picture, write_drawing
from zsbir.ui.results import data_url


@pytest.mark.parametrize("format", ["svg", "ndjson"])
def test_what_is_saved_can_be_opened(format):
    saved = write_drawing({"drawing": HOUSE.to_json(), "format": format})["text"]
    answer = read_drawing({"text": saved})
    assert [len(stroke["x"]) for stroke in answer["strokes"]] == [len(stroke) for stroke in HOUSE.strokes]
    assert answer["note"] == ""


def test_of_many_drawings_the_first_is_opened_and_the_others_are_told():
    lines = HOUSE.to_quickdraw("house") + "\n" + HOUSE.to_quickdraw("house") + "\n"
    assert read_drawing({"text": lines})["note"] == {"sentence": MORE, "values": {"drawings": 2}}


def test_a_photo_of_paper_comes_back_as_strokes_on_the_sheet():
    strokes = trace_picture({"picture": data_url(photo())})["strokes"]
    drawing = Drawing.from_json({"width": 600, "height": 600, "strokes": strokes})
    assert 5 <= len(drawing) <= 16
    assert max(drawing.bounds) == pytest.approx(600 * 13 / 14, abs=1)


@pytest.mark.parametrize(
    ("call", "value"),
    [
        (read_drawing, None),
        (read_drawing, {"text": 7}),
        (read_drawing, {"text": "hello"}),
        (write_drawing, {"drawing": {"strokes": "zzz"}, "format": "svg"}),
        (write_drawing, {}),
        (trace_picture, {"picture": "data:image/png;base64,%%%"}),
        (trace_picture, {"picture": ""}),
    ],
)
def test_trouble_is_one_sentence(call, value):
    answer = call(value)
    assert list(answer) == ["trouble"]
    assert answer["trouble"].endswith((".", ". "))
