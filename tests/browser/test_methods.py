"""Methods and modes in a real browser: one drawing, sent once, ranked in many ways."""

from __future__ import annotations

import json

import pytest

import zsbir.ui.drawings
from tests.browser.hands import LEFT, choose, expect, see_photos, sheet_says, stroke, until


@pytest.fixture
def sheets(page):
    """The sheet's part of every question that the page sends, in order."""
    found = []

    def note(request):
        if request.post_data and "queue/join" in request.url:
            found.extend(
                value
                for value in json.loads(request.post_data)["data"]
                if isinstance(value, dict) and "seq" in value
            )

    page.on("request", note)
    return found


def wait_until_answered(page, sheets):
    """Wait for the last sheet of a drawing, and for its photos; on a slow machine they come late."""
    sent = -1
    while sent != len(sheets):
        sent = len(sheets)
        page.wait_for_timeout(1000)
        expect(page.locator(".results")).to_have_attribute("data-state", "found")


def test_methods_rank_the_same_drawing_their_own_way(page):
    stroke(page, LEFT)
    see_photos(page, near=6)
    expect(page.locator(".answer .note")).to_contain_text(
        "The closest of 60 photos in everyday by Plain CLIP."
    )
    choose(page, "Method", "CLIP-AT")
    see_photos(page, near=53)
    expect(page.locator(".answer .note")).to_contain_text("by CLIP-AT.")
    choose(page, "Method", "DP-CLIP")
    see_photos(page, near=6)
    expect(page.locator(".answer .note")).to_contain_text(
        "DP-CLIP has no checkpoint for category-level search, so Plain CLIP ranks here. The closest"
    )
    page.get_by_label("Fine-grained").check()
    see_photos(page, near=53)
    expect(page.locator(".answer h2")).to_contain_text("assumed from your drawing")
    expect(page.locator(".answer .note")).to_contain_text(
        "closest first by DP-CLIP. If it is wrong, choose another above."
    )
    sheet_says(page, "1 stroke")


def test_a_chosen_category_outlives_a_change_of_method(page):
    stroke(page, LEFT)
    page.get_by_label("Fine-grained").check()
    heading = page.locator(".answer h2")
    expect(heading).to_contain_text("assumed")
    choose(page, "Category", "Guitar")
    expect(heading).to_have_text("guitar, chosen by you")
    choose(page, "Method", "CLIP-AT")
    expect(page.locator(".answer .note")).to_contain_text("by CLIP-AT.")
    expect(heading).to_have_text("guitar, chosen by you")
    expect(page.locator("#zs-category input")).to_have_value("Guitar")


def test_switching_sends_the_drawing_s_number_alone(page, sheets):
    stroke(page, LEFT)
    see_photos(page, near=6)
    wait_until_answered(page, sheets)
    sheets.clear()
    choose(page, "Method", "CLIP-AT")
    see_photos(page, near=53)
    page.get_by_label("Fine-grained").check()
    expect(page.locator(".answer h2")).to_contain_text("assumed")
    choose(page, "Photos", "12")
    until(page, lambda: len(sheets) >= 3)  # Gradio's dropdowns may tell of a choice twice
    assert all(sheet["kept"] and not sheet["strokes"] and not sheet["picture"] for sheet in sheets)
    stroke(page, LEFT)
    sheet_says(page, "2 strokes")
    until(page, lambda: len(sheets[-1]["strokes"]) == 2)  # a change is sent as a whole


def test_a_drawing_that_python_forgot_is_sent_again(page, sheets, monkeypatch):
    monkeypatch.setattr(zsbir.ui.drawings, "KEPT", 0)
    stroke(page, LEFT)
    see_photos(page, near=6)
    wait_until_answered(page, sheets)
    sheets.clear()
    choose(page, "Method", "CLIP-AT")
    see_photos(page, near=53)
    strokes = [len(sheet["strokes"]) for sheet in sheets]
    assert 1 in strokes[strokes.index(0) :]
    sheet_says(page, "1 stroke")


def test_a_ring_marks_what_the_method_never_learnt_from(page):
    """CLIP-AT of the fake learnt cats and guitars."""
    stroke(page, LEFT)
    see_photos(page, near=6)
    ringed, legend = page.locator(".grid li.unseen"), page.locator(".legend")
    expect(ringed).to_have_count(0)
    expect(legend).to_have_text(
        "Plain CLIP learnt from no sketches: it has to find every category zero-shot."
    )
    choose(page, "Method", "CLIP-AT")
    expect(legend).to_have_text(
        "A ring marks a category that CLIP-AT never learnt from: "
        "zero-shot for the method. What the backbone saw stands in Categories."
    )
    of_tiles = "items => items.map((item) => item.querySelector('.category').textContent)"
    unseen = set(ringed.evaluate_all(of_tiles))
    seen = set(page.locator(".grid li:not(.unseen)").evaluate_all(of_tiles))
    assert (unseen, seen) == ({"desk lamp", "office chair", "sea turtle"}, {"cat", "guitar"})
    assert ringed.first.get_by_role("button").get_attribute("aria-label").endswith(", unseen")
