"""Drawings that come from elsewhere and go elsewhere: paste, drop, files, fit, replay, the next person."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

from tests.browser.hands import (
    INKED,
    LEFT,
    RIGHT,
    choose,
    expect,
    inked,
    see_nothing,
    see_photos,
    sheet_says,
    stroke,
    tool,
)
from zsbir.strokes import Drawing

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1L8 8"/><path d="M8 1L1 8"/></svg>'
)
HAND_OVER = """([kind, name, type, text]) => {
  const data = new DataTransfer();
  if (name) data.items.add(new File([text], name, { type }));
  else data.setData("text/plain", text);
  document.querySelector("#zs-pad .sheet").dispatchEvent(kind === "paste"
    ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true })
    : new DragEvent("drop", { dataTransfer: data, bubbles: true }));
}"""


@pytest.mark.parametrize("kind", ["paste", "drop"])
def test_an_svg_file_arrives_as_strokes(page, kind):
    page.evaluate(HAND_OVER, [kind, "cross.svg", "image/svg+xml", SVG])
    sheet_says(page, "2 strokes")
    see_photos(page, near=30)
    tool(page, "undo")
    see_nothing(page)


def test_text_and_links_can_be_pasted(page):
    page.evaluate(HAND_OVER, ["paste", None, "", SVG])
    sheet_says(page, "2 strokes")
    tool(page, "share")
    link = page.get_by_label("Link to this drawing")
    expect(link).to_have_value(re.compile(r"#.*draw=\S+"))
    copied = link.input_value()
    page.keyboard.press("Escape")
    tool(page, "clear")
    see_nothing(page)
    page.evaluate(HAND_OVER, ["paste", None, "", copied])
    sheet_says(page, "2 strokes")


def test_what_is_no_drawing_is_told_and_nothing_is_lost(page):
    stroke(page, LEFT)
    page.evaluate(HAND_OVER, ["drop", "notes.json", "application/json", '{"a": 1}'])
    expect(page.locator("#zs-pad .notice")).not_to_be_empty()
    sheet_says(page, "1 stroke")


def test_fit_makes_a_small_drawing_large_in_one_step(page):
    stroke(page, [(280, 280), (320, 300), (280, 320)])
    small = inked(page)
    tool(page, "fit")
    assert inked(page) > 3 * small
    tool(page, "undo")
    assert inked(page) == pytest.approx(small, rel=0.05)


def test_a_replay_begins_with_little_and_a_second_press_ends_it(page):
    stroke(page, LEFT)
    page.wait_for_timeout(700)  # a pause that the replay keeps
    stroke(page, RIGHT)
    whole = inked(page)
    tool(page, "replay")
    # Pressed in the page itself: from here it might be over by then, and begin once more.
    page.wait_for_function(
        f"whole => ({INKED})(document.querySelector('#zs-pad canvas')) < 0.6 * whole"
        " && (document.querySelector('#zs-pad [data-do=replay]').click(), true)",
        arg=whole,
    )
    assert inked(page) == pytest.approx(whole, rel=0.02)
    sheet_says(page, "2 strokes")


@pytest.mark.parametrize("kind", ["svg", "ndjson", "png"])
def test_a_saved_drawing_is_the_drawing(page, tmp_path, kind):
    stroke(page, LEFT)
    stroke(page, RIGHT)
    tool(page, "share")
    with page.expect_download() as started:
        page.locator(f"[data-save={kind}]").click()
    path = Path(tmp_path / f"drawing.{kind}")
    started.value.save_as(path)
    if kind == "png":
        ink = Image.open(path).convert("L").point(lambda value: 255 * (value < 128))
        left, top, right, bottom = (edge / 1200 * 600 for edge in ink.getbbox())
        assert (left, right) == pytest.approx((60, 540), abs=12)
        assert (top, bottom) == pytest.approx((100, 500), abs=12)
        return
    drawing = Drawing.from_text(path.read_text(encoding="utf-8"))
    assert len(drawing) == 2
    first, second = (stroke.points[:, 0].mean() for stroke in drawing.strokes)
    assert first < second


def test_nothing_is_left_for_the_next_person(page):
    stroke(page, LEFT)
    choose(page, "Method", "CLIP-AT")
    see_photos(page)
    tool(page, "share")
    with page.expect_navigation():
        page.locator("[data-afresh]").click()
    page.locator("#zs-pad canvas").wait_for()
    see_nothing(page)
    sheet_says(page, "empty")
    expect(page.locator("[data-do=undo]")).to_have_attribute("aria-disabled", "true")
    expect(page.get_by_label("Method", exact=True).first).to_have_value("Plain CLIP")
    kept = page.evaluate("() => [Object.keys(sessionStorage), Object.keys(localStorage), location.hash]")
    assert not [key for key in kept[0] + kept[1] if key.startswith("zsbir")]
    assert kept[2] == ""
