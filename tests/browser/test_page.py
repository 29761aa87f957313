"""The page in a real browser: searching, modes, examples, pictures, trouble, what stays and what travels."""

from __future__ import annotations

import re
import threading

from PIL import Image, ImageDraw

from tests.browser.fake import MISSING, fake_service
from tests.browser.hands import (
    LEFT,
    MIDDLE,
    RIGHT,
    choose,
    expect,
    hue,
    see_nothing,
    see_photos,
    sheet_says,
    stroke,
    titles,
    tool,
)
from zsbir.ui.examples import examples


def test_clear_during_a_pending_search_clears(page, retriever):
    stroke(page, LEFT)
    see_photos(page)
    retriever.gate.clear()
    searches = retriever.searches
    stroke(page, RIGHT)
    while retriever.searches == searches:
        page.wait_for_timeout(20)
    tool(page, "clear")
    see_nothing(page)  # at once, while the search still runs
    retriever.gate.set()
    page.wait_for_timeout(600)
    see_nothing(page)  # and its late answer changes nothing


def test_the_newest_drawing_has_the_last_word(page, retriever):
    retriever.gate.clear()
    stroke(page, LEFT)
    expect(page.locator(".wait")).to_have_text("Looking…")
    tool(page, "undo")
    stroke(page, RIGHT)
    retriever.gate.set()
    see_photos(page, near=53)
    page.wait_for_timeout(300)
    assert abs(hue(page) - 53) <= 3


def test_an_example_draws_itself(page):
    drawn = examples()[0]
    page.get_by_role("button", name=f"Example drawing: {drawn['name']}").click()
    see_photos(page)
    sheet_says(page, f"{len(drawn['strokes'])} strokes")
    expect(page.locator(".seen img")).to_have_attribute("src", re.compile("^data:image/png;base64,"))
    tool(page, "undo")
    see_nothing(page)


def test_fine_grained_assumes_a_category_that_can_be_changed(page):
    stroke(page, MIDDLE)
    see_photos(page, near=30)
    expect(page.locator("#zs-category")).to_be_hidden()
    page.get_by_label("Fine-grained").check()
    heading = page.locator(".answer h2")
    expect(heading).to_contain_text("assumed from your drawing")
    expect(page.locator(".answer .note")).to_contain_text("learnt nothing for this mode")
    shown = page.locator(".tile .category")
    assert len(set(shown.all_inner_texts())) == 1
    page.locator("#zs-category input").click()
    page.get_by_role("option", name="Office chair").click()
    expect(heading).to_have_text("office chair, chosen by you")
    assert set(shown.all_inner_texts()) == {"office chair"}
    page.get_by_label("Category-level").check()
    expect(page.locator(".answer .note")).to_contain_text("The closest of 60 photos in everyday")


def test_settings_search_again(page):
    stroke(page, MIDDLE)
    see_photos(page)
    expect(page.locator(".tile")).to_have_count(24)
    choose(page, "Photos", "12")
    expect(page.locator(".tile")).to_have_count(12)
    choose(page, "Gallery", "shop")
    expect(page.locator(".answer .note")).to_contain_text("10 photos in shop")
    expect(page.locator(".zs-status")).to_have_text("10 photos in 5 categories")


def test_trouble_is_a_sentence_and_keeps_the_drawing(page, retriever):
    stroke(page, MIDDLE)
    see_photos(page)
    choose(page, "Method", "broken")
    alert = page.locator(".results .trouble")
    expect(alert).to_have_text("The checkpoint broken has no config.json. Choose another one.")
    expect(page.locator(".zs-status")).to_have_attribute("data-state", "trouble")
    sheet_says(page, "1 stroke")
    choose(page, "Method", "Plain CLIP")
    see_photos(page)
    retriever.trouble = "The photos moved. Build the index again."
    stroke(page, LEFT)
    expect(alert).to_have_text("The photos moved. Build the index again.")
    sheet_says(page, "2 strokes")


def test_one_photo_large(page):
    stroke(page, [(300, 300)])  # a dot is asked for as a whole: no later answer puts other photos first
    see_photos(page, near=30)
    first, second = titles(page)[:2]
    page.locator(".tile").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("h3")).to_have_text(first)
    expect(dialog.locator(".credit")).to_have_text(
        "Picture: Placeholder by the tests. Licence: CC0-1.0. Source"
    )
    expect(dialog.locator(".credit a")).to_have_attribute("rel", "noopener noreferrer")
    page.keyboard.press("ArrowRight")
    expect(dialog.locator("h3")).to_have_text(second)
    assert dialog.locator(".plate img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert page.evaluate("document.activeElement.className") == "tile"


def test_missing_photos_and_hostile_words(page):
    stroke(page, [(3, 100), (9, 300), (3, 500)])
    see_photos(page, near=0)
    missing = page.locator(".tile", has_text="").nth(titles(page).index(f"Placeholder {MISSING}"))
    missing.scroll_into_view_if_needed()
    expect(missing.locator(".gone")).to_be_visible()
    evil = next(i for i, title in enumerate(titles(page)) if title.startswith("<img"))
    page.locator(".tile").nth(evil).click()
    expect(page.locator("dialog h3")).to_contain_text("<img src=x")
    expect(page.locator("dialog .credit a")).to_have_count(0)  # a javascript: source is text
    assert page.evaluate("window.hacked") is None


def test_a_photo_of_a_sketch_becomes_strokes(page, tmp_path):
    sketch = Image.new("RGB", (300, 200), (240, 235, 220))
    ImageDraw.Draw(sketch).line([(40, 30), (40, 170), (250, 170)], fill=(40, 40, 60), width=6)
    sketch.save(tmp_path / "sketch.png")
    (tmp_path / "fake.jpg").write_text("this is text")
    (tmp_path / "sketch.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="100" height="100">'
        '<path d="M10 10 L12 90"/><path d="M30 10 L32 90"/></svg>'
    )
    chooser = page.locator("#zs-pad input[type=file]")
    chooser.set_input_files(tmp_path / "sketch.png")
    sheet_says(page, "1 stroke")
    expect(page.locator(".notice")).to_have_text(
        "The picture was traced: its lines are strokes now. Undo takes them back."
    )
    see_photos(page)
    tool(page, "undo")
    sheet_says(page, "empty")
    tool(page, "redo")
    chooser.set_input_files(tmp_path / "sketch.svg")
    sheet_says(page, "2 strokes")
    chooser.set_input_files(tmp_path / "fake.jpg")
    expect(page.locator(".notice")).to_contain_text("fake.jpg cannot be opened")
    sheet_says(page, "2 strokes")
    tool(page, "undo")
    sheet_says(page, "1 stroke")


def test_a_drawing_survives_a_reload_until_it_is_cleared(page):
    stroke(page, LEFT)
    see_photos(page, near=6)
    page.reload()
    sheet_says(page, "1 stroke")
    see_photos(page, near=6)
    tool(page, "clear")
    page.reload()
    page.locator(".pad[data-ready]").wait_for()
    sheet_says(page, "empty")


def test_a_link_carries_the_drawing_and_the_settings(page, visit):
    stroke(page, LEFT)
    page.get_by_label("Fine-grained").check()
    expect(page.locator(".answer h2")).to_contain_text("assumed")
    tool(page, "share")
    field = page.get_by_label("Link to this drawing")
    expect(field).to_have_value(re.compile("#mode=fine-grained&method=plain&gallery=everyday&draw="))
    other = visit(url=field.input_value())
    sheet_says(other, "1 stroke")
    expect(other.get_by_label("Fine-grained")).to_be_checked()
    expect(other.locator(".answer h2")).to_contain_text("assumed")


def test_the_page_is_there_before_the_model(visit, tmp_path):
    from zsbir.ui import build, serve

    loading = threading.Event()
    service, _ = fake_service(tmp_path, loading=loading)
    demo = build(service)
    page = visit(url=serve(demo, service, block=False))
    try:
        expect(page.locator(".zs-status")).to_have_text("Loading the model")
        stroke(page, MIDDLE)
        expect(page.locator(".wait")).to_have_text("Loading the model. Your drawing is kept.")
        loading.set()
        see_photos(page, near=30)
        expect(page.locator(".zs-status")).to_have_text("60 photos in 5 categories")
    finally:
        loading.set()
        demo.close()
