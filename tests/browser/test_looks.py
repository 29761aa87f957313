"""How the page looks: at night, without WebGL, on phones, and to axe."""

from __future__ import annotations

import pytest

from tests.browser.hands import MIDDLE, expect, on_sheet, see_photos, stroke, violations

NO_WEBGL = """const get = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
  return /webgl/.test(kind) ? null : get.call(this, kind, ...more) }"""


def test_dark_and_without_webgl(visit):
    page = visit(color_scheme="dark", script=NO_WEBGL)
    stroke(page, MIDDLE)
    see_photos(page, near=30)
    assert page.evaluate("document.createElement('canvas').getContext('webgl')") is None
    style = "(what) => getComputedStyle(document.querySelector(what[0]))[what[1]].match(/\\d+/g).map(Number)"
    assert max(page.evaluate(style, [".sheet", "backgroundColor"])) < 120  # Prussian blue
    assert min(page.evaluate(style, ["#zs-pad canvas", "color"])) > 150


@pytest.mark.parametrize("size", ["phone", "small phone"])
def test_phone_shows_sheet_and_photos_together(visit, size):
    page = visit(size)
    page.touchscreen.tap(*on_sheet(page, 300, 300))
    see_photos(page, near=30)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    box = page.locator(".tile").first.bounding_box()
    assert box["y"] + 40 < page.viewport_size["height"]
    for button in page.locator("#zs-pad .tools button").all():
        area = button.bounding_box()
        assert area["width"] >= 44 and area["height"] >= 44


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(visit, scheme):
    page = visit(color_scheme=scheme)
    expect(page.locator(".zs-status")).to_have_attribute("data-state", "ready")
    assert violations(page) == {}
    stroke(page, MIDDLE)
    page.get_by_label("Fine-grained").check()
    expect(page.locator(".answer h2")).to_contain_text("assumed")
    assert violations(page) == {}
    page.locator(".tile").first.click()
    assert violations(page) == {}
