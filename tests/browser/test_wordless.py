"""Views and explanations that are of the drawing alone say so where a word steers the photos."""

from __future__ import annotations

import pytest

from tests.browser.closer import Answers
from tests.browser.hands import MIDDLE, expect, open_view, see_photos, stroke
from zsbir.ui.explaining.answering import KINDS

SAYS = "Without the word “apple”: this is about the drawing alone."


@pytest.fixture
def drawn(page, monkeypatch):
    """The page with a drawing; leaves are answered by what is made up, and the map with no point."""

    async def no_points(question, service):
        return {
            "x": [],
            "y": [],
            "ids": [],
            "of": [],
            "categories": [],
            "photos": 0,
            "explained": 1,
            "note": "",
        }

    async def nowhere(question, service):
        return {"place": None, "nearest": []}

    for what, answer in (Answers().kinds | {"map": no_points, "place": nowhere}).items():
        monkeypatch.setitem(KINDS, what, answer)
    stroke(page, MIDDLE)
    see_photos(page)
    return page


def tell(page, word):
    page.locator("#zs-word input[type=search]").fill(word)
    page.keyboard.press("Enter")


def test_compare_and_map(drawn):
    for name in ("Compare", "Map"):
        expect(open_view(drawn, name).locator(".wordless")).to_be_hidden()
    tell(drawn, "apple")
    for name in ("Map", "Compare"):
        expect(open_view(drawn, name).locator(".wordless")).to_have_text(SAYS)
    tell(drawn, "")
    expect(drawn.locator(".view-compare .wordless")).to_be_hidden()


def test_strokes_matches_and_rank(drawn):
    dialog = drawn.get_by_role("dialog")

    def leaf(name):
        dialog.get_by_role("tab", name=name).click()
        panel = dialog.get_by_role("tabpanel", name=name)
        expect(panel.locator(".stage")).to_be_visible()
        return panel.locator(".wordless")

    drawn.locator(".tile").first.click()
    for name in ("Strokes", "Matches", "Rank"):
        expect(leaf(name)).to_be_hidden()
    drawn.keyboard.press("Escape")
    tell(drawn, "apple")
    drawn.wait_for_function("window.zsbirSettings.word === 'apple'")
    drawn.locator(".tile").first.click()
    for name in ("Strokes", "Matches", "Rank"):
        expect(leaf(name)).to_have_text(SAYS)
