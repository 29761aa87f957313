"""A word beside the sketch, scores in words, doubt, and what the model sees, in a real browser."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.browser.hands import (
    LEFT,
    MIDDLE,
    choose,
    expect,
    hue,
    see_nothing,
    see_photos,
    sheet_says,
    stroke,
    tool,
    violations,
)
from zsbir.explain.fits import Fit
from zsbir.explain.words import Steered
from zsbir.ui.explaining.answering import KINDS

FIELD = "#zs-word input[type=search]"
SLIDER = "How much the word counts beside the drawing"


@pytest.fixture
def reads_words(monkeypatch):
    """Let the placeholders' methods read words: a word turns the ranking round, and gives all it can."""

    def steer(retriever, result, word, weight, k):
        hits = [replace_rank(hit, place) for place, hit in enumerate(reversed(result.hits), start=1)]
        ones = (1.0,) * len(hits)
        return Steered(replace(result, hits=hits), word, weight, ones, tuple(2.0 * one for one in ones))

    def replace_rank(hit, rank):
        return type(hit)(**{**vars(hit), "rank": rank})

    monkeypatch.setattr("zsbir.explain.words.reads_words", lambda method: True)
    monkeypatch.setattr("zsbir.explain.words.steer", steer)


def headline(page):
    return page.locator(".answer h2")


def tell(page, word):
    page.locator(FIELD).fill(word)
    page.keyboard.press("Enter")


def test_a_word_steers_as_much_as_it_is_let(page, reads_words):
    stroke(page, MIDDLE)
    see_photos(page, near=30)
    expect(page.get_by_label(SLIDER)).to_be_hidden()
    page.locator(FIELD).fill("apple")  # and no key is pressed: it counts a moment later
    expect(headline(page)).to_contain_text("with the word “apple”")
    expect(page.locator(".tile .told").first).to_have_text("both")  # 2/5 of 2 deviations and 3/5 of 1
    assert not 27 <= hue(page) <= 33
    slider = page.get_by_label(SLIDER)
    slider.fill("1")
    expect(page.locator(".tile .told").first).to_have_text("word")
    slider.press("Home")
    expect(page.locator(".tile .told").first).to_have_text("drawing")
    assert slider.get_attribute("aria-valuetext") == "100 % drawing, 0 % word"
    tell(page, "")
    see_photos(page, near=30)
    expect(headline(page)).not_to_contain_text("apple")
    expect(slider).to_be_hidden()


def test_a_method_that_reads_no_words_says_so(page):
    stroke(page, MIDDLE)
    tell(page, "apple")
    expect(page.locator(".answer .note")).to_contain_text("reads no words, so the drawing alone ranks here.")
    see_photos(page, near=30)


def test_a_word_alone_asks_for_a_drawing(page):
    invitation = page.locator(".examples p")
    expect(invitation).to_contain_text("let one of these draw itself")
    tell(page, "apple")
    expect(invitation).to_have_text("Draw something: the word steers, the drawing finds.")
    see_nothing(page)
    tell(page, "")
    expect(invitation).to_contain_text("let one of these draw itself")


def test_a_link_a_reload_and_the_next_person(page, visit, reads_words):
    stroke(page, LEFT)
    tell(page, "apple")
    expect(headline(page)).to_contain_text("apple")
    page.get_by_label(SLIDER).fill("0.75")
    tool(page, "share")
    field = page.get_by_label("Link to this drawing")
    expect(field).to_have_value(re.compile("&word=apple&weight=0.75&"))
    link = field.input_value()
    page.keyboard.press("Escape")
    page.reload()
    expect(headline(page)).to_contain_text("with the word “apple”")
    expect(page.locator(FIELD)).to_have_value("apple")
    expect(page.get_by_label(SLIDER)).to_have_value("0.75")
    other = visit(url=link)
    expect(other.locator(FIELD)).to_have_value("apple")
    expect(other.get_by_label(SLIDER)).to_have_value("0.75")
    expect(headline(other)).to_contain_text("with the word “apple”")
    tool(other, "share")
    other.get_by_role("button", name="Start afresh").click()
    sheet_says(other, "empty")
    expect(other.locator(FIELD)).to_have_value("")


def test_a_word_without_a_drawing_survives_a_reload(page):
    tell(page, "apple")
    expect(page.locator(".examples p")).to_contain_text("the word steers")
    page.reload()
    expect(page.locator(FIELD)).to_have_value("apple")
    expect(page.locator(".examples p")).to_contain_text("the word steers")


def test_scores_are_told_in_words_and_the_cosine_where_one_looks_closer(page):
    stroke(page, MIDDLE)
    see_photos(page, near=30)
    page.wait_for_timeout(400)
    assert page.locator(".tile .told").all_inner_texts()[:2] == ["1 of 60", "2 of 60"]
    lengths = page.locator(".by-drawing").evaluate_all("bars => bars.map((bar) => bar.offsetWidth)")
    assert lengths[0] > lengths[12] > lengths[23]
    expect(page.locator(".tile").first).not_to_contain_text("0.")
    expect(page.locator(".tile .told").first).to_have_attribute("title", re.compile("1 of 60, .*; cosine 0"))
    page.locator(".tile").first.click()
    expect(page.locator("dialog .numbers")).to_contain_text(re.compile("1 of 60, .*; cosine 0"))


def test_doubt_stands_above_the_photos_which_stay(page, monkeypatch):
    doubt = Fit(0.1, True, (2, 3), "in English", ("flying_saucer", "<b>star"))
    monkeypatch.setattr("zsbir.explain.fits.fit_of", lambda *_: doubt)
    stroke(page, MIDDLE)
    see_photos(page, near=30)
    expect(page.locator(".doubt")).to_have_text(
        "Perhaps nothing here fits. Of drawings this unsure, 2 of 3 showed something this gallery lacks. "
        "It looks more like: flying saucer, <b>star."
    )
    expect(page.locator(".tile")).to_have_count(24)
    monkeypatch.setattr("zsbir.explain.fits.fit_of", lambda *_: Fit(0.9, False))
    choose(page, "Photos", "12")
    expect(page.locator(".tile")).to_have_count(12)
    expect(page.locator(".doubt")).to_be_hidden()


def test_what_the_model_sees_can_be_enlarged(page):
    stroke(page, MIDDLE)
    see_photos(page)
    small, large = page.locator(".answer .seen"), page.get_by_role("dialog", name="What the model sees")
    small.click()
    expect(large).to_contain_text("224 \u00d7 224 pixels, black on white, every line of one width.")
    assert large.locator("img").evaluate("image => [image.naturalWidth, image.width]") == [224, 448]
    page.keyboard.press("Escape")
    expect(large).to_be_hidden()
    small.press("Enter")
    expect(large).to_be_visible()


def test_a_category_is_found_by_typing(page):
    stroke(page, MIDDLE)
    page.get_by_label("Fine-grained").check()
    expect(headline(page)).to_contain_text("assumed")
    page.locator("#zs-category input").click()
    page.keyboard.type("chair")
    expect(page.get_by_role("option")).to_have_text([re.compile("Office chair")])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(headline(page)).to_have_text("office chair, chosen by you")


def test_the_word_unfolds_on_a_phone(visit, reads_words):
    page = visit("small phone")
    expect(page.locator(FIELD)).to_be_hidden()
    area = page.get_by_role("button", name="And a word").bounding_box()
    assert area["width"] >= 44 and area["height"] >= 44
    page.get_by_role("button", name="And a word").tap()
    expect(page.locator(FIELD)).to_be_focused()
    page.locator(FIELD).fill("apple")
    expect(page.get_by_label(SLIDER)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_words_doubt_and_what_the_model_sees(visit, scheme, reads_words, monkeypatch):
    monkeypatch.setattr("zsbir.explain.fits.fit_of", lambda *_: Fit(0.1, True, (2, 3), "x", ("star",)))
    page = visit(color_scheme=scheme)
    expect(page.locator(".zs-status")).to_have_attribute("data-state", "ready")
    stroke(page, MIDDLE)
    tell(page, "apple")
    expect(headline(page)).to_contain_text("apple")
    page.locator(".answer .seen").click()
    assert violations(page) == {}


def test_what_a_word_finds_alone_stands_beside_it(page, reads_words, monkeypatch):
    async def answer(question, service):
        word = question.more["word"]
        return {"finds": ["desk_lamp", "cat", "guitar"], "doubtful": word == "xqzt"}

    monkeypatch.setitem(KINDS, "word", answer)
    alone = page.locator("#zs-word").get_by_role("status")
    expect(alone).to_be_hidden()
    tell(page, "apple")  # and nothing is drawn yet
    expect(alone).to_have_text("“apple” alone finds: desk lamp, cat, guitar.")
    tell(page, "xqzt")
    expect(alone).to_have_text(
        "Perhaps the model does not know “xqzt”. Alone, it finds: desk lamp, cat, guitar."
    )
    assert violations(page) == {}
    choose(page, "Method", "CLIP-AT")
    expect(alone).to_contain_text("xqzt")
    tell(page, "")
    expect(alone).to_be_hidden()
