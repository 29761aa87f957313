"""The page on a projector: large, with nothing covered, and what is in use told."""

from __future__ import annotations

import pytest

from tests.browser.hands import MIDDLE, expect, see_photos, stroke
from tests.browser.lessons import go_to, press, steps_of


def edges(page, selector):
    """Where something begins and ends on the screen, from the top."""
    box = page.locator(selector).first.bounding_box()
    return box["y"], box["y"] + box["height"]


def test_the_projector_is_large_and_stays_after_a_reload(visit, served):
    page = visit(reduced_motion="reduce")
    stroke(page, MIDDLE)
    see_photos(page)
    small = page.locator(".tile .category").first.bounding_box()["height"]
    page.get_by_role("tab", name="Class").click()
    toggle = page.get_by_role("button", name="Projector")
    toggle.click()
    expect(toggle).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#zs-settings")).to_be_hidden()
    assert page.url.endswith("?projector")
    page.reload()
    expect(page.locator("#zs-settings")).to_be_hidden()
    see_photos(page)
    assert page.locator(".tile .category").first.bounding_box()["height"] > 1.2 * small
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    page.get_by_role("tab", name="Class").click()
    toggle.click()
    expect(page.locator("#zs-settings")).to_be_visible()
    assert page.url.rstrip("/") == served[0].rstrip("/")


@pytest.mark.parametrize("size", ["desktop", "large screen"])
def test_on_a_projector_a_step_covers_neither_sheet_nor_view(visit, served, size):
    page = visit(size, url=f"{served[0]}?lesson=45&projector", reduced_motion="reduce")
    width, height = page.viewport_size["width"], page.viewport_size["height"]
    for step in steps_of(page, 45):
        go_to(page, step["title"])
        for answer in page.locator(".lesson summary").all():
            answer.click()
        top, end = edges(page, ".lesson")
        assert end - top <= height / 4 and round(end) == height, step["title"]
        assert edges(page, "#zs-pad .tools")[1] <= top + 1, step["title"]
        letters = page.locator(".lesson-say").evaluate("say => parseFloat(getComputedStyle(say).fontSize)")
        assert letters * 1.3 >= height * 0.022, step["title"]  # the projector's zoom
    press(page, "Play the game")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    assert edges(page, ".class-foot")[1] <= edges(page, ".lesson")[0]
    press(page, "Hide text")
    top, end = edges(page, ".lesson")
    assert end - top < height / 10 and page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_projector_tells_gallery_and_method(visit, served):
    page = visit(url=f"{served[0]}?projector")
    using = page.locator(".zs-using")
    expect(using).to_have_text("everyday, searched with Plain CLIP")
    page.evaluate("document.dispatchEvent(new CustomEvent('zsbir:wish', { detail: { method: 'clip-at' } }))")
    expect(using).to_have_text("everyday, searched with CLIP-AT")
    expect(using).to_be_in_viewport()
    page.goto(served[0])
    expect(page.locator(".zs-status")).to_be_visible()
    expect(using).to_be_hidden()


def test_a_projector_s_tools_end_without_a_line(visit, served):
    page = visit(url=f"{served[0]}?projector")
    seen = "line => line.checkVisibility() && getComputedStyle(line).backgroundColor !== 'rgba(0, 0, 0, 0)'"
    lines = [line.evaluate(seen) for line in page.locator("#zs-pad .tools i").all()]
    assert lines == [True, False, False]  # between rubber and undo alone
