"""The sheet in a real browser: pen, eraser, undo, keys, touch, pen and palm, sizes."""

from __future__ import annotations

from tests.browser.hands import (
    LEFT,
    MIDDLE,
    RIGHT,
    expect,
    inked,
    on_sheet,
    see_nothing,
    see_photos,
    sheet_says,
    stroke,
    tool,
)


def test_photos_change_while_the_pen_still_moves(page, retriever):
    stroke(page, LEFT, lift=False)
    see_photos(page, near=6)
    page.mouse.up()
    stroke(page, RIGHT)
    see_photos(page, near=30)  # the mean of both strokes: the final state was searched
    sheet_says(page, "2 strokes")


def test_undo_and_redo_cover_draw_erase_and_clear(page):
    stroke(page, LEFT)
    stroke(page, RIGHT)
    tool(page, "erase")
    stroke(page, [(300, 300), (100, 300), (20, 300)])  # across the left stroke only
    sheet_says(page, "1 stroke")
    see_photos(page, near=53)
    tool(page, "clear")
    see_nothing(page)
    for expected in ("1 stroke", "2 strokes", "1 stroke", "empty"):
        tool(page, "undo")
        sheet_says(page, expected)
    see_nothing(page)
    for expected in ("1 stroke", "2 strokes", "1 stroke", "empty"):
        tool(page, "redo")
        sheet_says(page, expected)
    see_nothing(page)
    expect(page.locator("[data-do=redo]")).to_have_attribute("aria-disabled", "true")


def test_one_sweep_of_the_eraser_is_one_step(page):
    for points in (LEFT, MIDDLE, RIGHT):
        stroke(page, points)
    tool(page, "erase")
    stroke(page, [(20, 300), (590, 310)])
    sheet_says(page, "empty")
    tool(page, "undo")
    sheet_says(page, "3 strokes")


def test_a_dot_is_a_drawing(page):
    assert inked(page) == 0
    page.mouse.click(*on_sheet(page, 300, 300))
    sheet_says(page, "1 stroke")
    see_photos(page, near=30)
    assert 0.03 < inked(page) < 0.5  # per mille: a disc as wide as the pen


def test_keyboard(page):
    stroke(page, LEFT)
    stroke(page, RIGHT)
    page.keyboard.press("Control+z")
    sheet_says(page, "1 stroke")
    page.keyboard.press("Control+Shift+z")
    sheet_says(page, "2 strokes")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+y")
    sheet_says(page, "2 strokes")
    page.locator("#zs-pad canvas").focus()
    page.keyboard.press("e")
    expect(page.locator("[data-do=erase]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("p")
    expect(page.locator("[data-do=pen]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Delete")
    sheet_says(page, "empty")
    page.locator(".examples button").first.focus()
    page.keyboard.press("Delete")  # single keys belong to the sheet alone
    page.keyboard.press("Enter")
    see_photos(page)
    page.keyboard.press("Control+z")
    see_nothing(page)


def test_everything_is_reached_with_tab(page):
    stroke(page, MIDDLE)
    see_photos(page)
    reached = set()
    page.locator("#zs-pad canvas").focus()
    for _ in range(20):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                """() => { const at = document.activeElement;
                return at.dataset.do ?? at.getAttribute("aria-label")?.split(".")[0] ?? at.value }"""
            )
        )
    wanted = {
        "pen",
        "erase",
        "undo",
        "clear",
        "fit",
        "replay",
        "open",
        "share",
        "Gallery",
        "Method",
        "Photos",
        "fine-grained",
        "1",
    }
    assert wanted <= reached


def test_resize_keeps_the_drawing_sharp(page):
    stroke(page, LEFT)
    before = inked(page)
    for width, height in ((700, 900), (390, 844), (1600, 900)):
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_function(
            "() => { const c = document.querySelector('#zs-pad canvas');"
            " return c.width === Math.round(c.clientWidth * devicePixelRatio) }"
        )
        assert abs(inked(page) - before) <= 3
    sheet_says(page, "1 stroke")


def touches(page):
    """A sender of touch events that the page takes for fingers."""
    session = page.context.new_cdp_session(page)

    def send(kind, *points):
        spots = []
        for number, point in enumerate(points):
            x, y = on_sheet(page, *point)
            spots.append({"x": x, "y": y, "id": number})
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})

    return send


def test_touch_draws_and_does_not_scroll(visit):
    page = visit("phone")
    send = touches(page)
    send("touchStart", (100, 500))
    for y in range(480, 90, -30):
        send("touchMove", (100, y))
    send("touchEnd")
    see_photos(page, near=10)
    sheet_says(page, "1 stroke")
    assert page.evaluate("scrollY") == 0
    canvas = page.locator("#zs-pad canvas")
    assert canvas.evaluate("c => c.width === Math.round(c.clientWidth * 2)")  # sharp at two pixels a point


def test_second_finger_and_cancel_keep_the_stroke(visit):
    page = visit("phone")
    send = touches(page)
    send("touchStart", (100, 100))
    send("touchMove", (100, 300))
    send("touchStart", (100, 300), (400, 400))
    send("touchMove", (100, 400), (400, 200))
    send("touchCancel")
    sheet_says(page, "1 stroke")
    see_photos(page, near=10)
    send("touchStart", (500, 100))
    send("touchMove", (500, 300))
    send("touchEnd")
    sheet_says(page, "2 strokes")


POINTERS = """events => {
  const canvas = document.querySelector("#zs-pad canvas"), box = canvas.getBoundingClientRect();
  for (const [type, pointerType, pointerId, x, y] of events) canvas.dispatchEvent(new PointerEvent(type, {
    pointerType, pointerId, bubbles: true, pressure: 0.5, buttons: 1,
    clientX: box.left + (x / 600) * box.width, clientY: box.top + (y / 600) * box.height }));
}"""


def test_pen_wins_over_the_palm(page):
    palm_first = [
        ("pointerdown", "touch", 1, 100, 550),
        ("pointermove", "touch", 1, 110, 500),
        ("pointerdown", "pen", 2, 500, 100),
        ("pointermove", "touch", 1, 120, 450),
        ("pointermove", "pen", 2, 500, 300),
        ("pointerup", "touch", 1, 120, 450),
        ("pointerup", "pen", 2, 500, 300),
    ]
    page.evaluate(POINTERS, palm_first)
    sheet_says(page, "1 stroke")
    see_photos(page, near=50)
    palm_later = [
        ("pointerdown", "pen", 2, 480, 100),
        ("pointerdown", "touch", 3, 100, 550),
        ("pointermove", "touch", 3, 100, 500),
        ("pointerup", "pen", 2, 480, 300),
        ("pointerup", "touch", 3, 100, 500),
        ("pointerdown", "touch", 4, 100, 550),  # rests again right after the pen left
        ("pointerup", "touch", 4, 100, 550),
    ]
    page.evaluate(POINTERS, palm_later)
    sheet_says(page, "2 strokes")
    see_photos(page, near=49)


def test_typing_elsewhere_is_not_drawing(page):
    stroke(page, LEFT)
    page.get_by_label("Fine-grained").check()
    box = page.locator("#zs-category input")
    box.click()
    page.keyboard.type("e")
    expect(page.locator("[data-do=pen]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Control+z")
    sheet_says(page, "1 stroke")
