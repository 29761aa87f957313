"""Map and Categories in a real browser; and what holds for all views."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from tests.browser.fake import COUNT
from tests.browser.hands import (
    LEFT,
    MIDDLE,
    RIGHT,
    choose,
    expect,
    open_view,
    see_photos,
    shown,
    stroke,
    tool,
    violations,
)
from zsbir.explain import BackboneSeen
from zsbir.ui.explaining import categories, map

# ---- map


@pytest.fixture
def laid_out(monkeypatch):
    """The photos in a circle by their hue, a half for CLIP-AT, and a drawing at the first that it finds."""

    def gallery_map(retriever):
        turn = np.pi if retriever.method == "clip-at" else 2 * np.pi
        angles = [turn * photo.hue for photo in retriever.gallery.photos]
        points = np.array([np.cos(angles), np.sin(angles)], dtype=np.float32).T
        return SimpleNamespace(photos=retriever.gallery.photos, points=points, explained=0.216)

    def place_drawing(retriever, result):
        x, y = gallery_map(retriever).points[retriever.index.place(result.hits[0].photo.id)]
        return float(x), float(y)

    monkeypatch.setattr(map, "gallery_map", gallery_map)
    monkeypatch.setattr(map, "place_drawing", place_drawing)


def picture(canvas):
    """The canvas when it has come to rest."""
    canvas.page.wait_for_timeout(500)
    return canvas.evaluate("canvas => canvas.toDataURL()")


def test_the_drawing_moves_through_the_map(page, laid_out):
    view = open_view(page, "Map")
    expect(view).to_contain_text("The two axes hold 22 % of what tells the photos apart")
    canvas, found = view.locator("canvas"), view.locator(".map-nearest [aria-label]")
    without = picture(canvas)
    stroke(page, LEFT)
    expect(found).to_have_count(10)
    at_left = picture(canvas)
    first = found.first.get_attribute("title")
    stroke(page, RIGHT)
    stroke(page, RIGHT)
    expect(found.first).not_to_have_attribute("title", first)
    assert len({without, at_left, picture(canvas)}) == 3
    found.nth(2).hover()
    expect(view.locator(".map-card")).to_contain_text(found.nth(2).inner_text())
    found.nth(2).click()
    assert shown(page) == found.nth(2).get_attribute("title")
    page.keyboard.press("Escape")
    tool(page, "clear")
    expect(found).to_have_count(0)
    page.mouse.move(5, 5)
    assert picture(canvas) == without  # the way is forgotten with the drawing


def test_photos_on_the_map_by_keys_and_by_pointer(page, laid_out):
    view = open_view(page, "Map")
    canvas, card = view.locator("canvas"), view.locator(".map-card")
    expect(view).to_contain_text("Each dot is a photo")
    canvas.focus()
    page.keyboard.press("ArrowRight")
    expect(card).to_be_visible()
    one = card.inner_text()
    expect(view.locator("[aria-live]")).to_have_text(one)
    page.keyboard.press("ArrowUp")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.keyboard.press("+")
    picture(canvas)
    assert sum("/photo/everyday/" in url for url in asked) > 10  # so near, photos stand in place of dots
    page.keyboard.press("Enter")
    assert shown(page).startswith("Placeholder")
    page.keyboard.press("Escape")
    view.get_by_role("button", name="Whole map").click()
    box = canvas.bounding_box()
    middle, radius = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2), box["height"] / 2 - 28
    page.mouse.move(middle[0] + radius, middle[1])  # hue 0: the first of all
    expect(card).to_contain_text("cat")
    page.mouse.click(middle[0] + radius, middle[1])
    assert shown(page) == "Placeholder 0"


def test_the_map_is_the_method_s_and_a_category_is_picked_out(page, laid_out):
    view = open_view(page, "Map")
    expect(view).to_contain_text("Each dot is a photo")
    canvas = view.locator("canvas")
    whole = picture(canvas)
    view.get_by_label("Pick out").select_option("guitar")
    assert picture(canvas) != whole
    choose(page, "Method", "CLIP-AT")
    page.mouse.move(5, 5)
    half = picture(canvas)
    assert half != whole
    choose(page, "Method", "DP-CLIP")
    expect(view).to_contain_text("so Plain CLIP ranks here. Each dot is a photo")
    page.mouse.move(5, 5)
    assert picture(canvas) == whole


def test_the_map_is_asked_for_once_and_moves_with_a_finger(visit, laid_out):
    page = visit("phone")
    asked = []
    page.on("request", lambda request: asked.append(request.post_data or ""))
    view = open_view(page, "Map")
    expect(view).to_contain_text("Each dot is a photo")
    open_view(page, "Photos")
    canvas = open_view(page, "Map").locator("canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    right = (box["x"] + box["width"] - 28, box["y"] + box["height"] / 2)
    page.touchscreen.tap(*right)
    expect(view.locator(".map-card")).to_contain_text("cat")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.touchscreen.tap(*right)
    assert shown(page) == "Placeholder 0"
    assert sum('"what":"map"' in post for post in asked) == 1


def test_two_fingers_bring_the_map_nearer_and_open_nothing(visit, laid_out):
    page = visit("phone")
    view = open_view(page, "Map")
    expect(view).to_contain_text("Each dot is a photo")
    canvas = view.locator("canvas")
    canvas.scroll_into_view_if_needed()
    box, hand = canvas.bounding_box(), page.context.new_cdp_session(page)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    scrolled = page.evaluate("window.scrollY")

    def fingers(*apart):
        for step, half in enumerate(apart):
            points = [{"x": x - half, "y": y, "id": 1}, {"x": x + half, "y": y + half / 4, "id": 2}]
            kind = "touchMove" if step else "touchStart"
            hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        hand.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    whole = picture(canvas)
    fingers(30, 60, 90, 120)
    expect(canvas).to_have_class("near")
    assert picture(canvas) != whole
    expect(view.locator(".map-card")).to_be_hidden()
    expect(page.get_by_role("dialog")).to_be_hidden()
    fingers(140, 100, 60, 10)
    expect(canvas).not_to_have_class("near")
    assert picture(canvas) == whole
    assert page.evaluate("window.scrollY") == scrolled


# ---- categories


def test_categories_by_what_was_learnt_from_them(page, monkeypatch):
    told = BackboneSeen("It saw placeholders.", frozenset({"sea_turtle"}))
    monkeypatch.setattr(categories, "backbone_seen", lambda checkpoint: told)
    stroke(page, LEFT)
    see_photos(page)
    choose(page, "Method", "CLIP-AT")
    view = open_view(page, "Categories")
    expect(view).to_contain_text("CLIP-AT learnt from sketches of 2 of these 5 categories.")
    expect(view).to_contain_text("It saw placeholders.")
    listed = view.locator(".categories b:visible")
    expect(listed).to_have_text(["cat", "desk lamp", "guitar", "office chair", "sea turtle"])
    view.get_by_role("radio", name="Learnt from").check()
    expect(listed).to_have_text(["cat", "guitar"])
    view.get_by_role("radio", name="Unseen by the method").check()
    expect(listed).to_have_text(["desk lamp", "office chair", "sea turtle"])
    view.get_by_label("Find a category").fill("LAMP")
    expect(listed).to_have_text(["desk lamp"])
    view.get_by_label("Find a category").fill("")
    view.get_by_role("radio", name="Never drawn").check()
    turtle = view.get_by_role("button", name="sea turtle: Never drawn for the backbone either. Photos: 12")
    turtle.click()
    photos = view.locator(".category-photos button")
    expect(photos).to_have_count(COUNT // 5)
    photos.nth(1).click()
    assert shown(page) == "Placeholder 9"
    page.keyboard.press("Escape")
    turtle.click()
    expect(photos.first).to_be_hidden()
    choose(page, "Method", "Plain CLIP")
    expect(view).to_contain_text("Plain CLIP learnt from sketches of 0 of these 5 categories.")


# ---- all three


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_any_view(visit, laid_out, scheme):
    page = visit(color_scheme=scheme)
    stroke(page, MIDDLE)
    see_photos(page)
    for name, ready in (("Compare", ".lane"), ("Map", ".map-nearest li"), ("Categories", ".categories li")):
        open_view(page, name).locator(ready).first.wait_for(state="attached")
        assert violations(page) == {}, name


def test_a_small_phone_has_room_for_all_views(visit, laid_out):
    page = visit("small phone")
    stroke(page, MIDDLE)
    see_photos(page)
    for name, ready in (("Compare", ".lane"), ("Map", ".map-nearest li"), ("Categories", ".categories li")):
        view = open_view(page, name)
        view.locator(ready).first.wait_for(state="attached")
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], name
        for button in view.locator(".chooser button:visible").all():
            assert min(button.bounding_box()["width"], button.bounding_box()["height"]) >= 40
    rows = {
        round(button.bounding_box()["y"])
        for button in open_view(page, "Map").locator(".chooser button").all()
    }
    assert len(rows) == 1  # none stands alone in a second row
