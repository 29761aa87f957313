"""Drawings: what is read, what is refused, and that nothing gets lost between the formats."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zsbir.errors import DrawingError
from zsbir.strokes import MAX_COORDINATE, Drawing, Stroke

HOUSE = {
    "width": 600,
    "height": 400,
    "seq": 7,
    "strokes": [
        {"x": [100, 100.5, 300], "y": [300, 100, 100], "t": [0, 16, 33.5], "p": [0, 0.5, 1]},
        {"x": [50], "y": [60]},
    ],
}


def page(*strokes, width=600, height=600):
    return {"width": width, "height": height, "strokes": [{"x": x, "y": y} for x, y in strokes]}


def test_reads_the_pages_json():
    drawing = Drawing.from_json(json.dumps(HOUSE))
    assert (drawing.width, drawing.height, len(drawing)) == (600, 400, 2)
    first, dot = drawing.strokes
    assert first.points.dtype == first.times.dtype == first.pressures.dtype == np.float32
    assert first.points.tolist() == [[100, 300], [100.5, 100], [300, 100]]
    assert first.times.tolist() == [0, 16, 33.5]
    assert first.pressures.tolist() == [0, 0.5, 1]
    assert dot.points.tolist() == [[50, 60]]
    assert dot.times is None and dot.pressures is None
    assert drawing.bounds == (50, 60, 300, 300)


@pytest.mark.parametrize("form", [json.dumps, lambda page: json.dumps(page).encode(), lambda page: page])
def test_reads_text_bytes_and_mappings(form):
    assert Drawing.from_json(form(HOUSE)) == Drawing.from_json(HOUSE)


def test_strokes_without_points_are_dropped():
    assert len(Drawing.from_json(page(([], []), ([1], [2])))) == 1


def test_an_empty_drawing_can_be_read_but_not_seen():
    empty = Drawing.from_json(page())
    assert empty.is_empty and len(empty) == 0
    assert empty.simplified() == empty
    assert Drawing.from_json(empty.to_json()) == empty
    assert Drawing.from_svg(empty.to_svg()) == empty
    assert json.loads(empty.to_quickdraw("nothing")) == {"word": "nothing", "drawing": []}
    for look in (empty.render, empty.to_png, lambda: empty.bounds):
        with pytest.raises(DrawingError, match="Nothing has been drawn yet"):
            look()


def test_arrays_are_copied_and_cannot_be_changed():
    points = np.zeros((2, 2))
    stroke = Stroke(points)
    points[:] = 9
    assert stroke.points.max() == 0
    with pytest.raises(ValueError, match="read-only"):
        stroke.points[0] = 1


def test_equal_by_value_in_every_part():
    drawing = Drawing.from_json(HOUSE)
    for part, value in (("width", 601), ("x", [100, 100.5, 301]), ("t", [0, 16, 34]), ("p", [0, 0, 1])):
        other = json.loads(json.dumps(HOUSE))
        (other if part == "width" else other["strokes"][0])[part] = value
        assert Drawing.from_json(other) != drawing, part


DOT = {"x": [1], "y": [1]}


@pytest.mark.parametrize(
    ("payload", "word"),
    [
        ("", "JSON"),
        ("{", "JSON"),
        (b"\xff\xfe\x00", "JSON"),
        ("[" * 100_000, "JSON"),
        ("null", "strokes"),
        ([], "strokes"),
        (7, "strokes"),
        ({"width": 1, "height": 1}, "strokes"),
        ({"strokes": []}, "width"),
        ({"width": 1, "height": 1, "strokes": {}}, "list"),
        ({"width": 1, "height": 1, "strokes": "zzz"}, "list"),
        ({"width": 1, "height": 1, "strokes": [3]}, '"x"'),
        ({"width": 1, "height": 1, "strokes": [{"x": [1]}]}, '"y"'),
        ({"width": 1, "height": 1, "strokes": [{"x": "12", "y": "12"}]}, "list"),
        (page(([1, 2], [1])), "same length"),
        (page(([1], [])), "same length"),
        (page(([[1]], [[1]])), "flat"),
        (page(([[1], 2], [1, 2])), "flat"),
        (page((["1"], [1])), "numbers"),
        (page(([True], [1])), "numbers"),
        (page(([None], [1])), "numbers"),
        (page(([10**400], [1])), "numbers"),
        (page(([float("nan")], [1])), "finite"),
        (page(([1], [float("inf")])), "finite"),
        ('{"width": 1, "height": 1, "strokes": [{"x": [-Infinity], "y": [0]}]}', "finite"),
        ('{"width": 1, "height": 1, "strokes": [{"x": [1e999], "y": [0]}]}', "finite"),
        (page(([1e300], [1])), "finite"),
        (page(([-1.1e6], [1])), "between"),
        (page(([1], [2]), width=0), "canvas"),
        (page(([1], [2]), width=-5), "canvas"),
        (page(([1], [2]), width=float("nan")), "canvas"),
        (page(([1], [2]), width=float("inf")), "canvas"),
        (page(([1], [2]), width="600"), "canvas"),
        (page(([1], [2]), width=True), "canvas"),
        (page(([1], [2]), height=None), "canvas"),
        ({"width": 1, "height": 1, "strokes": [{**DOT, "t": [1, 2]}]}, "times"),
        ({"width": 1, "height": 1, "strokes": [{**DOT, "t": 5}]}, "times"),
        ({"width": 1, "height": 1, "strokes": [{**DOT, "t": ["now"]}]}, "times"),
        ({"width": 1, "height": 1, "strokes": [{**DOT, "p": [1.5]}]}, "pressures"),
        ({"width": 1, "height": 1, "strokes": [{**DOT, "p": [-0.1]}]}, "pressures"),
    ],
)
def test_bad_pages_get_one_sentence(payload, word):
    with pytest.raises(DrawingError, match=word) as caught:
        Drawing.from_json(payload)
    assert str(caught.value)[-1] == "." and len(str(caught.value)) < 200


def test_negative_coordinates_are_fine():
    """A captured pointer draws past the edge of the canvas."""
    assert Drawing.from_json(page(([-50, 700], [-3, 4]))).bounds == (-50, -3, 700, 4)
    assert Drawing.from_json(page(([-MAX_COORDINATE], [MAX_COORDINATE]))).render(8).size == (8, 8)


coordinates = st.floats(-MAX_COORDINATE, MAX_COORDINATE, width=32)
moments = st.floats(-1e6, 1e9, width=32)


@st.composite
def stroke_entries(draw):
    count = draw(st.integers(1, 8))
    columns = {"x": coordinates, "y": coordinates, "t": moments, "p": st.floats(0, 1, width=32)}
    optional = draw(st.sets(st.sampled_from("tp")))
    return {
        key: draw(st.lists(values, min_size=count, max_size=count))
        for key, values in columns.items()
        if key in "xy" or key in optional
    }


pages = st.fixed_dictionaries(
    {
        "width": st.floats(0.5, MAX_COORDINATE),
        "height": st.integers(1, 4000),
        "strokes": st.lists(stroke_entries(), max_size=5),
    }
)


@settings(max_examples=40, deadline=None)
@given(pages)
def test_what_is_valid_survives_being_written_and_read(payload):
    drawing = Drawing.from_json(json.dumps(payload))
    assert [stroke.points[:, 0].tolist() for stroke in drawing.strokes] == [
        s["x"] for s in payload["strokes"]
    ]
    assert Drawing.from_json(json.dumps(drawing.to_json())) == drawing


@settings(max_examples=40, deadline=None)
@given(pages)
def test_raw_quickdraw_keeps_points_and_times(payload):
    drawing = Drawing.from_json(payload)
    again = Drawing.from_quickdraw(drawing.to_quickdraw(raw=True))
    assert again.strokes == tuple(Stroke(stroke.points, stroke.times) for stroke in drawing.strokes)


@settings(max_examples=40, deadline=None)
@given(pages)
def test_svg_keeps_points(payload):
    drawing = Drawing.from_json(payload)
    again = Drawing.from_svg(drawing.to_svg())
    assert (again.width, again.height, len(again)) == (drawing.width, drawing.height, len(drawing))
    for stroke, other in zip(drawing.strokes, again.strokes, strict=True):
        repeats = (stroke.points[1:] == stroke.points[:-1]).all(axis=1)
        assert np.array_equal(other.points, stroke.points[np.r_[True, ~repeats]])
