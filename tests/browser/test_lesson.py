"""The guided lesson, run through from the first step to the last in all its lengths."""

from __future__ import annotations

import pytest

from tests.browser.hands import MIDDLE, choose, expect, see_photos, sheet_says, stroke, tool
from tests.browser.lessons import go_to, press, see_done, steps_of, strokes_of


@pytest.fixture
def teacher(visit):
    """The Class tab, with CLIP-AT chosen; drawings are there at once."""
    page = visit(reduced_motion="reduce")
    choose(page, "Method", "CLIP-AT")
    page.get_by_role("tab", name="Class").click()
    return page


@pytest.mark.parametrize("minutes", [10, 20, 45])
def test_a_lesson_runs_from_the_first_step_to_the_last(teacher, minutes):
    page = teacher
    steps = steps_of(page, minutes)
    assert sum(step["minutes"] for step in steps) == minutes
    before = strokes_of(page)
    page.get_by_role("button", name=f"{minutes} minutes").click()
    for number, step in enumerate(steps, start=1):
        expect(page.locator(".lesson-place")).to_contain_text(f"Step {number} of {len(steps)}")
        expect(page.get_by_role("heading", name=step["title"], exact=True)).to_be_visible()
        expect(page.locator(".lesson-ask")).to_have_text(step["ask"])
        see_done(page, step["begin"], before, "CLIP-AT")
        for deed in step["deeds"]:
            before = strokes_of(page)
            press(page, deed["label"])
            see_done(page, deed["actions"], before, "CLIP-AT")
        before = strokes_of(page)
        press(page, "Finish" if number == len(steps) else "Next")
    expect(page.locator(".lesson")).to_be_hidden()
    expect(page.locator(".view-photos")).to_be_visible()


def test_the_strip_stays_and_keeps_the_answer_covered(teacher):
    page = teacher
    page.get_by_role("button", name="20 minutes").click()
    first, second = (step["title"] for step in steps_of(page, 20)[:2])
    title = page.locator(".lesson-title")
    answer = page.locator(".lesson details p")
    expect(answer).to_be_hidden()
    page.get_by_text("Show the answer").click()
    expect(answer).to_be_visible()
    page.get_by_role("tab", name="Categories").click()
    expect(title).to_have_text(first)
    page.keyboard.press("PageDown")  # as a presenter's remote control does
    expect(title).to_have_text(second)
    expect(title).to_be_focused()
    expect(answer).to_be_hidden()
    page.keyboard.press("PageUp")
    expect(title).to_have_text(first)
    page.keyboard.press("PageUp")
    expect(title).to_have_text(first)
    press(page, "Hide text")
    expect(page.locator(".lesson-ask")).to_be_hidden()
    expect(page.get_by_role("button", name="Show text")).to_have_attribute("aria-expanded", "false")
    press(page, "Next")
    expect(page.locator(".lesson-ask")).to_be_hidden()  # folded stays folded
    press(page, "End the lesson")
    expect(page.locator(".lesson")).to_be_hidden()
    page.keyboard.press("PageDown")
    expect(page.locator(".lesson")).to_be_hidden()


def test_a_step_leaves_the_class_s_own_drawing_alone_where_it_can(teacher):
    page = teacher
    page.get_by_role("button", name="20 minutes").click()
    stroke(page, MIDDLE)
    see_photos(page)
    mine = strokes_of(page)
    for _ in range(3):
        press(page, "Next")
    assert strokes_of(page) == mine


def test_a_lesson_begins_with_a_clean_sheet_and_the_drawing_can_be_had_back(teacher):
    page = teacher
    stroke(page, MIDDLE)
    see_photos(page)
    page.get_by_role("button", name="10 minutes").click()
    sheet_says(page, "empty")
    tool(page, "undo")
    sheet_says(page, "1 stroke")


def test_an_address_begins_a_lesson(visit, served):
    page = visit(url=f"{served[0]}?lesson=10")
    expect(page.locator(".lesson-place")).to_have_text("Step 1 of 6, about 2 min")


def test_on_a_phone_the_strip_folds_above_the_tabs(visit):
    page = visit("small phone", reduced_motion="reduce")
    page.get_by_role("tab", name="Class").click()
    page.get_by_role("button", name="45 minutes").click()
    expect(page.locator(".lesson-ask")).to_be_hidden()
    strip, tabs = page.locator(".lesson").bounding_box(), page.locator(".results > .tabs").bounding_box()
    assert strip["y"] + strip["height"] <= tabs["y"] + 1 and strip["height"] < 110
    press(page, "Show text")
    expect(page.locator(".lesson-ask")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_lesson_goes_on_while_a_photo_is_open_large(visit, served, size):
    page = visit(size, url=f"{served[0]}?lesson=20", reduced_motion="reduce")
    if size == "phone":
        press(page, "Show text")
    go_to(page, "Which strokes matter")
    press(page, "Open its strokes")
    dialog = page.get_by_role("dialog", name="Photo", exact=True)
    dialog.get_by_text("Show the answer").click()
    expect(dialog.get_by_text("A stroke that many things share")).to_be_in_viewport()
    page.keyboard.press("PageDown")
    expect(dialog).to_be_hidden()
    expect(page.locator(".lesson-title")).to_have_text("What is it, or which one is it?")
    expect(page.locator(".lesson-title")).to_be_focused()
    press(page, "Back")
    press(page, "Open its strokes")
    expect(dialog).to_be_visible()
    press(page, "Back")
    expect(dialog).to_be_hidden()
    expect(page.locator(".lesson-title")).to_have_text("What the model sees")


def test_the_next_step_has_the_focus_whoever_opened_the_photo(visit, served):
    page = visit(url=f"{served[0]}?lesson=20", reduced_motion="reduce")
    stroke(page, MIDDLE)
    see_photos(page)
    page.locator(".tile").first.click()  # which the browser gives the focus back to
    page.keyboard.press("PageDown")
    expect(page.get_by_role("dialog", name="Photo", exact=True)).to_be_hidden()
    expect(page.locator(".lesson-title")).to_be_focused()
