"""The page in German and French, as the browser or the address asks, in a real browser."""

from __future__ import annotations

import re

import pytest

from tests.browser.hands import MIDDLE, choose, expect, see_photos, sheet_says, stroke, tool
from zsbir.ui.languages import named, translations

LOCALES = {"de": "de-DE", "fr": "fr-FR"}
IN_ENGLISH = {"de": "auf Englisch", "fr": "en anglais"}  # for the text tower reads nothing else
# What stands anywhere on the page, shown or told.
TEXTS = """() => {
  const texts = [];
  const walk = document.createTreeWalker(document.querySelector("gradio-app"), NodeFilter.SHOW_TEXT);
  const isTold = ({ parentElement }) => !parentElement.closest("style, script");
  while (walk.nextNode()) if (isTold(walk.currentNode)) texts.push(walk.currentNode.data);
  for (const name of ["aria-label", "title", "placeholder", "alt", "aria-valuetext"])
    for (const element of document.querySelectorAll(`[${name}]`)) texts.push(element.getAttribute(name));
  return texts;
}"""


def english(page, language):
    """What of the page is in English though it can be said in another language."""
    told = {" ".join(text.split()) for text in page.evaluate(TEXTS)}
    sentences = {text: other for text, other in translations(language).items() if text != other}
    own = set(translations(language).values())  # such as "Photos", which is French, too
    patterns = [
        re.compile(re.sub(r"\\{\w+\\}", ".*", re.escape(text)))
        for text in sentences
        if len(re.sub(r"\{\w+\}", "", text)) > 12
    ]
    return sorted(
        text
        for text in told - own
        if text in sentences or any(pattern.fullmatch(text) for pattern in patterns)
    )


def say(language, sentence, **values):
    return translations(language)[sentence].format(**values)


def visible(page, language, sentence):
    expect(page.get_by_text(say(language, sentence), exact=True).first).to_be_visible()


@pytest.mark.parametrize("language", LOCALES)
def test_the_page_speaks_the_browser_s_language(visit, language):
    page = visit(locale=LOCALES[language])
    status = {"photos": 60, "categories": 5}
    expect(page.locator(".zs-status")).to_have_text(
        say(language, "{photos} photos in {categories} categories", **status)
    )
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page).to_have_title(say(language, "zsbir: photos follow your pen"))
    sheet = page.locator("#zs-pad canvas")
    expect(sheet).to_have_attribute("aria-label", say(language, "Drawing sheet, empty"))
    for label in ("Gallery", "Method", "Photos"):
        expect(page.get_by_label(say(language, label), exact=True).first).to_be_visible()
    for text in ("Fine-grained", "Photos follow your pen.", "Draw something", "Compare"):
        visible(page, language, text)
    field = page.locator("#zs-word input[type=search]")
    expect(field).to_have_attribute("placeholder", re.compile(IN_ENGLISH[language]))
    stroke(page, MIDDLE)
    see_photos(page, near=30)
    expect(sheet).to_have_attribute("aria-label", say(language, "Drawing sheet, 1 stroke"))
    names = {"desk lamp", *(say(language, name) for name in ("cat", "office chair", "guitar", "sea turtle"))}
    assert set(page.locator(".tile .category").all_inner_texts()) <= names
    expect(page.locator(".answer h2 b").first).to_have_text(re.compile("|".join(names)))
    expect(page.locator(".tile .told").first).to_have_attribute("title", re.compile(r" \d,\d{3}$"))


@pytest.mark.parametrize("language", LOCALES)
def test_nothing_is_english_wherever_one_looks(visit, language):
    page = visit(locale=LOCALES[language])
    stroke(page, MIDDLE)
    see_photos(page, near=30)
    assert english(page, language) == []
    for number in range(1, page.locator(".results > .tabs [role=tab]").count()):
        page.locator(".results > .tabs [role=tab]").nth(number).click()
        page.wait_for_timeout(150)
    for part in page.locator(".class-parts [role=tab]").all()[::-1]:
        part.click()
    assert english(page, language) == []
    page.locator(".lessons button").first.click()
    while page.locator(".lesson-moves .main").inner_text() != say(language, "Finish"):
        assert english(page, language) == []
        page.locator(".lesson-moves .main").click()
    page.locator(".lesson-moves .main").click()
    page.locator(".tile").first.click()
    expect(page.locator("dialog .numbers")).not_to_be_empty()
    assert english(page, language) == []
    page.keyboard.press("Escape")
    tool(page, "share")
    expect(page.locator(".about-link")).not_to_be_empty()
    assert english(page, language) == []


def test_the_check_for_english_finds_it(page):
    stroke(page, MIDDLE)
    see_photos(page, near=30)
    found = english(page, "de")
    assert {"Compare", "Fit to the sheet", "office chair"} <= set(found)
    assert any(text.startswith("The closest of 60 photos in everyday") for text in found)


@pytest.mark.parametrize(("locale", "language"), [("en-US", "de"), ("de-DE", "fr")])
def test_the_address_asks_before_the_browser(visit, served, locale, language):
    page = visit(url=f"{served[0]}?lang={language}", locale=locale)
    expect(page.locator("html")).to_have_attribute("lang", language)
    visible(page, language, "Compare")
    expect(page.get_by_label(say(language, "Gallery"), exact=True).first).to_be_visible()
    page.get_by_text(say(language, "Fine-grained"), exact=True).click()
    stroke(page, MIDDLE)
    see_photos(page)
    choose(page, say(language, "Category"), named(language, "office_chair"))
    chosen = say(language, "{category}, chosen by you", category=say(language, "office chair"))
    expect(page.locator(".answer h2")).to_have_text(chosen)


@pytest.mark.parametrize(("query", "locale"), [("?lang=en", "de-DE"), ("", "ja-JP"), ("?lang=xx", "en-GB")])
def test_english_is_spoken_to_whoever_asks_for_it_and_to_all_others(visit, served, query, locale):
    page = visit(url=served[0] + query, locale=locale)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".zs-status")).to_have_text("60 photos in 5 categories")
    for label in ("Gallery", "Method", "Photos"):
        expect(page.get_by_label(label, exact=True).first).to_be_visible()
    for text in ("Compare", "Fine-grained", "Photos follow your pen."):
        expect(page.get_by_text(text, exact=True).first).to_be_visible()


def test_a_drawing_outlives_a_change_of_language(page):
    stroke(page, MIDDLE)
    see_photos(page, near=30)
    page.get_by_role("link", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    see_photos(page, near=30)
    expect(page.locator("#zs-pad canvas")).to_have_attribute("aria-label", "Zeichenblatt, 1 Strich")
    expect(page.get_by_role("link", name="Deutsch")).to_have_attribute("aria-current", "true")
    page.get_by_role("link", name="English").click()
    see_photos(page, near=30)
    sheet_says(page, "1 stroke")


def test_what_a_link_asks_for_in_vain_is_told_in_the_visitor_s_language(visit, served):
    page = visit(url=f"{served[0]}#method=guess&gallery=attic", locale="de-DE")
    expect(page.get_by_text("Diese Seite hat kein Verfahren „guess“, das der Link verlangt.")).to_be_visible()
    expect(page.get_by_text("Diese Seite hat keine Sammlung „attic“, die der Link verlangt.")).to_be_visible()
