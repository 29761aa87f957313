"""Compare in a real browser: lanes of methods and modes."""

from __future__ import annotations

import re

import pytest

from tests.browser.hands import MIDDLE, RIGHT, choose, expect, open_view, shown, stroke, tool


@pytest.fixture
def lanes(page):
    """Plain CLIP beside CLIP-AT, which ranks by the mirrored drawing, for ink a little left of the middle."""
    stroke(page, [(x - 30, y) for x, y in MIDDLE])
    view = open_view(page, "Compare")
    view.get_by_label("Compare with").select_option("CLIP-AT, Category-level")
    view.get_by_role("button", name="Add").click()
    lanes = view.locator(".lane")
    expect(lanes).to_have_count(3)
    return lanes


def test_lanes_show_what_moved_and_where_else_a_photo_is(page, lanes):
    plain, broken, clip_at = lanes.nth(0), lanes.nth(1), lanes.nth(2)
    expect(plain).to_contain_text("chosen on the page")
    expect(broken).to_contain_text("The checkpoint broken has no config.json.")
    expect(clip_at.locator(".time")).to_have_text(re.compile(r"^\d+ ms$"))
    first = clip_at.locator("[data-photo]").first
    moved = first.locator(".moved").inner_text()
    assert re.fullmatch(r"↑\d+", moved)
    words = f"places higher than in the first lane: {moved[1:]}"
    assert first.get_attribute("aria-label").endswith(words)
    names = [
        set(lane.locator("[data-photo]").evaluate_all("all => all.map((one) => one.dataset.photo)"))
        for lane in (plain, clip_at)
    ]
    common = (names[0] & names[1]).pop()
    plain.locator(f'[data-photo="{common}"]').focus()
    expect(page.locator(".lanes .same")).to_have_count(2)
    expect(clip_at.locator(".same")).to_have_attribute("class", re.compile("same"))


def test_lanes_follow_the_pen_and_what_is_chosen(page, lanes):
    numbers = "all => all.map((one) => Number(one.title.split(' ').pop()))"
    stroke(page, RIGHT)
    stroke(page, RIGHT)
    see_mean = f"""near => {{
      const all = [...document.querySelectorAll('.lane:nth-child(3) [data-photo]')];
      const mean = ({numbers})(all).reduce((sum, one) => sum + one, 0) / all.length;
      return Math.abs(mean - near) < 8;
    }}"""
    page.wait_for_function(see_mean, arg=16)  # mirrored: two strokes at the right, one left of the middle
    choose(page, "Method", "DP-CLIP")
    expect(lanes.first.locator("h2")).to_have_text("DP-CLIP")
    expect(lanes.first).to_contain_text("so Plain CLIP ranks here.")
    tool(page, "clear")
    expect(lanes.first).to_be_hidden()
    expect(page.locator(".view-compare")).to_contain_text("Draw something")


def test_lanes_come_and_go_and_photos_open(page, lanes):
    lanes.nth(2).locator("[data-photo]").nth(1).click()
    title = lanes.nth(2).locator("[data-photo]").nth(1).get_attribute("title")
    assert shown(page) == title
    page.keyboard.press("Escape")
    page.get_by_role("button", name="All methods, both modes").click()
    expect(lanes).to_have_count(7)  # DP-CLIP has no checkpoint at category level
    expect(page.get_by_label("Compare with")).to_be_hidden()  # there is nothing to add
    expect(page.locator(".view-compare")).to_contain_text("Within “")
    page.get_by_role("button", name="Remove the lane of CLIP-AT, Fine-grained").click()
    expect(lanes).to_have_count(6)
    expect(page.get_by_label("Compare with")).to_be_visible()
    page.get_by_role("button", name="All methods, both modes").click()
    page.get_by_role("button", name="Two lanes again").click()
    expect(lanes).to_have_count(2)


def test_it_says_what_the_methods_are_that_it_compares(page, lanes):
    view = page.get_by_role("tabpanel", name="Compare")
    named = view.locator(".methods dt")
    expect(named.first).to_be_hidden()
    view.get_by_text("What the methods are").click()
    expect(named.first).to_be_visible()
    compared = set(view.get_by_label("Compare with").locator("option").all_inner_texts())
    methods = {text.split(",")[0] for text in compared} - {"broken"}  # which is nobody's method
    assert methods and methods <= set(named.all_inner_texts())
    expect(view.locator(".methods")).to_contain_text("not OpenAI's")
