"""SVG documents that are broken or mean harm: one sentence, in time proportional to the text."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.test_strokes_svg import svg
from zsbir.errors import DrawingError
from zsbir.strokes import Drawing


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("", "SVG"),
        ("hello", "SVG"),
        ("<svg", "SVG"),
        ("<html/>", "no <svg>"),
        (b"\xff\xfe<\x00s\x00", "UTF-8"),
        (b"\x89PNG\r\n", "UTF-8"),
        ('<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', "entities"),
        ('<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>', "entities"),
        ("<svg>&a;</svg>", "SVG"),
        (svg('<path d="M0 0L1e999 1"/>'), "finite"),
        (svg('<path d="M0 0Lnan nan"/>'), "numbers"),
        (svg('<path d="M0 0L1e7 1"/>'), "between"),
        (svg('<path transform="scale(1e300)" d="M0 0L1e100 1"/>'), "finite"),
        (svg('<path d="M0 0A1e-300 5 0 0 1 7 7"/>'), "too large"),
        (svg('<path transform="rotate(1 2 3 4)" d="M0 0h1"/>'), "transform"),
        (svg('<path transform="matrix(1)" d="M0 0h1"/>'), "transform"),
    ],
)
def test_bad_documents_get_one_sentence(text, word):
    with pytest.raises(DrawingError, match=word):
        Drawing.from_svg(text)


@pytest.mark.parametrize("path", ["chair.svg", Path("chair.svg"), "a/" * 99 + "chair.svg"])
def test_the_name_of_a_file_is_told_from_its_text(path):
    with pytest.raises(DrawingError, match=r"name of a file; open that first.*read_text") as caught:
        Drawing.from_svg(path)
    assert len(str(caught.value)) < 250


def test_a_doctype_and_a_byte_order_mark_are_fine():
    head = '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd">'
    assert len(Drawing.from_svg("\ufeff".encode() + (head + svg('<path d="M0 0h9"/>')).encode())) == 1


def test_references_cannot_multiply():
    """Thirty lines of `<use>` would unfold into a thousand million lines."""
    levels = "".join(f'<g id="g{i + 1}"><use href="#g{i}"/><use href="#g{i}"/></g>' for i in range(30))
    assert len(Drawing.from_svg(svg(f'<path id="g0" d="M0 0h9"/>{levels}'))) == 1


def test_deep_nesting_is_no_recursion():
    assert len(Drawing.from_svg(svg("<g>" * 5000 + '<path d="M0 0h9"/>' + "</g>" * 5000))) == 1


pieces = st.sampled_from([*"MmLlHhVvCcSsQqTtAaZz,. -+e0123456789", "1 2 ", "5 5 0 0 1 3 3", "1e9", "nan"])


@settings(max_examples=60, deadline=None)
@given(st.lists(pieces, max_size=30).map("".join), st.text(max_size=10))
def test_no_path_raises_anything_else_than_a_drawing_error(data, text):
    for document in (svg(f'<path d="M0 0{data}"/>'), text, f"<svg>{text}</svg>"):
        try:
            Drawing.from_svg(document)
        except DrawingError as error:
            assert str(error)


def test_no_arc_takes_more_time_than_its_text_is_long():
    """A pattern that tries all divisions of the digits would not end here; in a process, to stop it."""
    code = """
from zsbir.strokes.svg_path import path_points
from zsbir.errors import DrawingError
for arc in ("2" * 10_000, "2 " * 10_000, "2 2 0 0 1 " + "2" * 10_000 + "e", "2.2e2" * 3000):
    try:
        path_points("M0 0A" + arc, 1.0)
    except DrawingError as error:
        print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.count("numbers") == 4
