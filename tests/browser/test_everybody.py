"""The page for everybody: enlarged, on small screens, by keys alone, without motion, in forced colours."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.browser.hands import LEFT, expect, open_view, see_nothing, see_photos, sheet_says, stroke, tool

TABS = ".tabs [role=tab]"
CROSS = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><path d='M1 1L8 8'/></svg>"

PASTE = """svg => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", svg);
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
}"""


def overflows(page) -> bool:
    """Whether the page can be scrolled sideways."""
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


@pytest.mark.parametrize("size", ["desktop at 200 %", "small phone", "phone on its side"])
def test_every_view_fits(visit, size):
    page = visit(size)
    stroke(page, LEFT)
    see_photos(page)
    for tab in page.locator(TABS).all():
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        page.wait_for_timeout(300)
        assert not overflows(page), tab.inner_text()
        box = tab.bounding_box()
        assert box["height"] >= 40  # a finger hits it


def test_keys_alone_reach_photos_and_views(page):
    page.locator("#zs-pad canvas").focus()
    page.evaluate(PASTE, CROSS)
    see_photos(page)
    first = page.locator(".tile").first
    for _ in range(60):
        page.keyboard.press("Tab")
        if first.evaluate("tile => tile === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).not_to_be_visible()
    assert first.evaluate("tile => tile === document.activeElement"), "the focus comes back"
    page.locator(f"{TABS}[aria-selected=true]").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(TABS).nth(1)).to_have_attribute("aria-selected", "true")
    expect(page.locator(TABS).nth(1)).to_be_focused()


def test_the_focus_follows_an_example_to_the_sheet(page):
    sheet, example = page.locator("#zs-pad canvas"), page.locator(".examples button").nth(1)
    example.click()
    see_photos(page)
    expect(sheet).not_to_be_focused()  # a pointer is where it wants to be
    tool(page, "clear")
    see_nothing(page)
    example.press("Enter")
    see_photos(page)
    expect(sheet).to_be_focused()


def test_the_sheet_tells_what_keys_can_do(page):
    sheet, invitation = page.locator("#zs-pad canvas"), page.locator("#zs-pad .invite")
    promise, hint = invitation.get_by_text("never stored"), invitation.get_by_text("No pointer?")
    expect(promise).to_be_visible()
    expect(hint).not_to_be_visible()
    page.locator("[data-do=pen]").focus()
    page.keyboard.press("Shift+Tab")
    expect(sheet).to_be_focused()
    expect(hint).to_be_visible()
    expect(promise).not_to_be_visible()
    expect(sheet).to_have_accessible_description(hint.inner_text())
    page.evaluate(PASTE, CROSS)
    sheet_says(page, "1 stroke")
    expect(hint).not_to_be_visible()
    expect(sheet).to_have_accessible_description("")


@pytest.mark.parametrize("key", ["Tab", "Shift+Tab"])
def test_choosers_close_behind_the_focus(page, key):
    gallery, photos = (page.get_by_role("combobox", name=name) for name in ("Gallery", "Photos"))
    lists = page.locator("#zs-settings [role=listbox]")
    first, last = (gallery, photos) if key == "Tab" else (photos, gallery)
    first.focus()
    expect(lists).to_have_count(1)
    page.keyboard.press(key)
    page.keyboard.press(key)
    expect(last).to_be_focused()
    expect(lists).to_have_count(1)
    page.keyboard.press(key)
    expect(last).not_to_be_focused()
    expect(lists).to_have_count(0)


def test_without_motion_drawings_arrive_at_once(visit):
    page = visit(reduced_motion="reduce")
    page.locator(".examples button").first.click()
    assert page.locator("#zs-pad canvas").get_attribute("aria-label") != "Drawing sheet, empty"
    running = page.evaluate(
        "() => document.getAnimations().filter((one) => one.playState === 'running'"
        " && one.effect.getTiming().iterations === Infinity).length"
    )
    assert running == 0


def test_in_forced_colours_ink_and_choices_are_seen(visit):
    page = visit(forced_colors="active")
    stroke(page, LEFT)
    sheet_says(page, "1 stroke")
    see_photos(page)
    contrast = page.locator("#zs-pad canvas").evaluate(
        """canvas => {
          const probe = document.createElement("canvas").getContext("2d");
          const grey = (colour) => { probe.fillStyle = colour; probe.fillRect(0, 0, 1, 1);
            const [r, g, b] = probe.getImageData(0, 0, 1, 1).data; return (r + g + b) / 3; };
          const sheet = getComputedStyle(canvas.closest(".sheet"));
          return Math.abs(grey(getComputedStyle(canvas).color) - grey(sheet.backgroundColor));
        }"""
    )
    assert contrast > 100
    tool(page, "erase")
    open_view(page, "Categories")
    mode = page.locator("#zs-mode label")
    choices = [
        (page.locator("[data-do=erase]"), page.locator("[data-do=pen]")),
        (page.get_by_role("tab", name="Categories"), page.get_by_role("tab", name="Photos")),
        (mode.filter(has_text="Category-level"), mode.filter(has_text="Fine-grained")),
        (page.locator(".group").nth(0), page.locator(".group").nth(1)),
    ]
    for chosen, other in choices:
        assert abs(corner(chosen) - corner(other)) > 30, chosen


def corner(button):
    """How bright a button is in its middle's upper edge, where nothing is written: 0 to 255."""
    picture = Image.open(io.BytesIO(button.screenshot())).convert("L")
    return picture.getpixel((picture.width // 2, 5))
