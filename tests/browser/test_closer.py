"""A photo opened large: its strokes, matches, rank, and photos like it."""

from __future__ import annotations

import re

import pytest

from tests.browser.closer import Answers
from tests.browser.hands import LEFT, MIDDLE, RIGHT, expect, see_nothing, see_photos, stroke, tool, violations
from zsbir.ui.explaining.answering import KINDS


@pytest.fixture
def answers(monkeypatch):
    made_up = Answers()
    for what, answer in made_up.kinds.items():
        monkeypatch.setitem(KINDS, what, answer)
    yield made_up
    made_up.gate.set()


def draw_and_open(page, *strokes):
    """Draw, wait for the last stroke's photos, and open the first."""
    for line in strokes:
        stroke(page, line)
    see_photos(page)
    page.wait_for_timeout(500)
    page.locator(".tile").first.click()
    return page.get_by_role("dialog")


def leaf(dialog, name):
    dialog.get_by_role("tab", name=name).click()
    return dialog.get_by_role("tabpanel", name=name)


def opened(dialog):
    """The number of the placeholder that is open."""
    return int(dialog.locator("h3").inner_text().split()[-1])


def first_is(page, how):
    """Wait until the `number` of the first placeholder is as a JavaScript condition says."""
    number = "document.querySelector('.tile').title.split(' ').pop()"
    page.wait_for_function(f"((number) => {how})({number})")


def next_photo(dialog):
    dialog.get_by_role("button", name="Next", exact=True).click()


def test_strokes_are_as_wide_and_dark_as_they_are_worth(page, answers):
    dialog = draw_and_open(page, LEFT, RIGHT, MIDDLE)
    score = 0.5 + opened(dialog) / 1000
    panel = leaf(dialog, "Strokes")
    finding, lines = panel.locator(".finding"), panel.get_by_role("option")
    expect(finding).to_contain_text(f"All strokes together score {score:.3f}.")
    width = "line => parseFloat(getComputedStyle(line.querySelector('.ink')).strokeWidth)"
    widths = [lines.nth(i).evaluate(width) for i in range(3)]
    assert widths[0] > 3 * widths[2]
    assert "harms" in lines.nth(1).get_attribute("class")
    lines.nth(0).hover(force=True)
    expect(finding).to_have_text(
        f"Without this stroke the score falls from {score:.3f} to {score - 0.072:.3f}."
    )
    lines.nth(0).focus()
    page.keyboard.press("ArrowRight")
    expect(finding).to_contain_text("rises from")
    expect(lines.nth(1)).to_be_focused()
    expect(lines.nth(1)).to_have_attribute("aria-label", re.compile("^Stroke 2 of 3. Without this stroke"))
    assert score == 0.5 + opened(dialog) / 1000  # the arrow keys were the strokes'


def test_the_leaf_stays_open_from_photo_to_photo(page, answers):
    dialog = draw_and_open(page, MIDDLE)
    panel = leaf(dialog, "Strokes")
    for _ in range(2):
        expect(panel.locator(".finding")).to_contain_text(f"{0.5 + opened(dialog) / 1000:.3f}")
        next_photo(dialog)
    page.keyboard.press("Escape")
    page.locator(".tile").nth(2).click()
    expect(dialog.get_by_role("tab", name="Strokes")).to_have_attribute("aria-selected", "true")


def test_a_newer_photo_supersedes_and_trouble_is_a_sentence(page, answers):
    dialog = draw_and_open(page, MIDDLE)
    answers.held = {opened(dialog)}
    panel = leaf(dialog, "Strokes")
    expect(panel.get_by_role("status")).to_have_text("Working it out…")
    next_photo(dialog)
    quick = f"{0.5 + opened(dialog) / 1000:.3f}"
    expect(panel.locator(".finding")).to_contain_text(quick)
    answers.gate.set()
    page.wait_for_timeout(300)
    expect(panel.locator(".finding")).to_contain_text(quick)
    answers.trouble = "The photos moved. Build the index again."
    next_photo(dialog)
    expect(panel.get_by_role("status")).to_have_text(answers.trouble)
    expect(panel.locator(".stage")).to_be_hidden()


def test_parts_light_up_what_is_like_them(page, answers):
    dialog = draw_and_open(page, MIDDLE)
    before = opened(dialog)
    panel = leaf(dialog, "Matches")
    sketch, photo = (panel.get_by_role("application").nth(i) for i in range(2))
    finding = panel.locator(".finding")

    def outlined(picture, name="best"):
        box = picture.locator(f"rect.{name}")
        return [float(box.get_attribute(side)) for side in ("x", "y")]

    def darkness(picture):
        return picture.locator(".veil rect").evaluate_all(
            "parts => parts.map((part) => Number(part.getAttribute('fill-opacity')))"
        )

    sketch.hover(position={"x": 20, "y": 20})
    expect(finding).to_have_text(
        "Most alike in the photo is the outlined part: 0.60, where the mean is 0.00."
    )
    assert outlined(photo) == [0.5, 0.5] and outlined(sketch, "chosen") == [0, 0]
    assert darkness(photo)[3] == 0 and min(darkness(photo)[:3]) > 0.5 and darkness(sketch) == [0] * 4
    sketch.focus()
    page.keyboard.press("ArrowRight")
    assert outlined(photo) == [0, 0.5]
    page.keyboard.press("ArrowDown")
    expect(finding).to_have_text("Nothing is drawn in this part.")
    assert darkness(photo) == [0] * 4
    photo.click(position={"x": 20, "y": 250})
    expect(finding).to_contain_text("Most alike in your drawing")
    assert outlined(sketch) == [0.5, 0] and darkness(sketch)[1] == 0 < darkness(sketch)[2]
    assert opened(dialog) == before
    expect(panel.locator(".about")).to_contain_text("Compared: patches of it.")
    panel.get_by_text("Layout").click()
    expect(panel.locator(".about")).to_contain_text("only the part in the same place counts")
    sketch.hover(position={"x": 20, "y": 20})
    assert outlined(photo, "place") == [0, 0]
    next_photo(dialog)
    expect(panel.get_by_label("Layout")).to_be_checked()


def test_the_rank_is_followed_stroke_by_stroke(page, answers):
    dialog = draw_and_open(page, LEFT, RIGHT, MIDDLE)
    before = opened(dialog)
    panel = leaf(dialog, "Rank")
    finding, slider = panel.locator(".finding"), panel.get_by_role("slider")
    expect(finding).to_have_text("After 3 of 3 strokes: rank 1 of 60.")
    expect(panel.locator(".first .sought")).to_have_count(1)
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(finding).to_have_text("After 2 of 3 strokes: rank 7 of 60.")
    expect(slider).to_have_attribute("aria-valuetext", "After 2 of 3 strokes: rank 7 of 60.")
    expect(panel.locator(".sofar path.coming")).to_have_count(1)
    expect(panel.locator(".first img").first).to_have_attribute("alt", "Placeholder 11")
    assert opened(dialog) == before
    heights = [float(dot.get_attribute("cy")) for dot in panel.locator(".moment").all()]
    assert heights[0] > heights[1] > heights[2]  # the best rank is at the top
    chart = panel.locator(".chart")
    chart.click(position={"x": 66, "y": 100})
    expect(finding).to_have_text("After 1 of 3 strokes: rank 50 of 60.")
    panel.get_by_role("button", name="Play").click()
    expect(finding).to_have_text("After 3 of 3 strokes: rank 1 of 60.")
    expect(panel.get_by_role("button", name="Play")).to_be_visible()


def test_more_like_this_and_back(page, answers):
    dialog = draw_and_open(page, MIDDLE)
    number = opened(dialog)
    dialog.get_by_role("button", name="More like this").click()
    heading = page.locator(".likes h2")
    expect(dialog).to_be_hidden()
    expect(heading).to_have_text(f"More like Placeholder {number}")
    expect(page.locator(".tile")).to_have_count(11)
    expect(page.locator(".answer")).to_be_hidden()
    first_is(page, f"Math.abs(number - {number}) === 5")  # the next of its category
    page.locator(".tile").first.click()
    number = opened(dialog)
    dialog.get_by_role("button", name="More like this").click()
    expect(heading).to_have_text(f"More like Placeholder {number}")
    page.get_by_label("Fine-grained").check()
    first_is(page, f"Math.abs(number - {number}) > 20")  # the settings are followed
    page.get_by_label("Category-level").check()
    first_is(page, f"Math.abs(number - {number}) === 5")
    page.get_by_role("button", name="Back to your drawing").click()
    expect(heading).to_be_hidden()
    expect(page.locator(".tile")).to_have_count(24)
    expect(page.locator(".answer")).to_be_visible()


def test_drawing_on_leaves_the_photos_like_one(page, answers):
    dialog = draw_and_open(page, MIDDLE)
    dialog.get_by_role("button", name="More like this").click()
    expect(page.locator(".likes")).to_be_visible()
    stroke(page, LEFT)
    expect(page.locator(".likes")).to_be_hidden()
    see_photos(page, near=18)
    page.locator(".tile").first.click()
    dialog.get_by_role("button", name="More like this").click()
    expect(page.locator(".tile")).to_have_count(11)
    tool(page, "clear")
    see_nothing(page)


def test_a_picture_has_no_strokes_to_tell_apart(page, answers):
    dialog = draw_and_open(page, MIDDLE)
    sheet = {"seq": 99, "strokes": [], "picture": "data:image/png;base64,"}
    page.evaluate(
        "detail => document.dispatchEvent(new CustomEvent('zsbir:drawing', { detail }))",
        {"seq": 99, "empty": False, "sheet": sheet},
    )
    for name in ("Strokes", "Rank"):
        expect(leaf(dialog, name).get_by_role("status")).to_contain_text("A picture has no strokes")
    assert not answers.asked


@pytest.mark.parametrize("size", ["phone", "small phone"])
def test_leaves_fit_phones(visit, answers, size):
    page = visit(size)
    dialog = draw_and_open(page, MIDDLE)
    for name in ("Strokes", "Matches", "Rank"):
        expect(leaf(dialog, name).locator(".stage")).to_be_visible()
        assert dialog.evaluate("each => each.scrollWidth <= each.clientWidth")
        assert dialog.get_by_role("tab", name=name).bounding_box()["height"] >= 44
    below = leaf(dialog, "Matches").get_by_role("application").nth(1).bounding_box()
    assert below["y"] + below["height"] < page.viewport_size["height"]  # both pictures are seen at once


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_leaves(visit, answers, scheme):
    page = visit(color_scheme=scheme)
    dialog = draw_and_open(page, MIDDLE, LEFT)
    for name in ("Strokes", "Matches", "Rank"):
        expect(leaf(dialog, name).locator(".stage")).to_be_visible()
        assert violations(page, "dialog") == {}
    dialog.get_by_role("button", name="More like this").click()
    expect(page.locator(".likes h2")).to_be_visible()
    assert violations(page, ".likes") == {}
