"""What is said of a photo that is open large belongs to the drawing as it is now."""

from __future__ import annotations

import re

from tests.browser.hands import MIDDLE, RIGHT, expect, open_view, see_photos, stroke

SHORT = [(310, 300), (320, 320), (315, 310)]  # moves the ink's middle by a little
STANDS = re.compile(r", \d+ of 60")


def test_a_photo_of_an_older_answer_loses_its_numbers_until_the_newer_has_come(page, retriever):
    numbers = page.locator("dialog .numbers")
    stroke(page, MIDDLE)
    see_photos(page, near=30)
    page.wait_for_timeout(400)
    page.locator(".tile").first.click()
    expect(numbers).to_have_text(STANDS)
    before = numbers.inner_text()
    page.keyboard.press("Escape")
    retriever.gate.clear()
    stroke(page, SHORT)
    page.locator(".tile").first.click()  # of the older answer
    expect(numbers).not_to_have_text(STANDS)
    retriever.gate.set()
    expect(numbers).to_have_text(STANDS)
    assert numbers.inner_text() != before


def test_a_photo_that_the_newer_answer_does_not_have_keeps_none(page, retriever):
    numbers = page.locator("dialog .numbers")
    stroke(page, MIDDLE)
    see_photos(page, near=30)
    page.wait_for_timeout(400)
    retriever.gate.clear()
    stroke(page, RIGHT)
    stroke(page, RIGHT)
    page.locator(".tile").first.click()
    retriever.gate.set()
    page.wait_for_function("document.querySelector('.tile').title.split(' ').pop() > 40")
    expect(numbers).not_to_have_text(STANDS)
    expect(numbers).not_to_be_empty()  # the category stays


def test_photos_of_another_view_have_their_own_numbers(page):
    stroke(page, MIDDLE)
    see_photos(page, near=30)
    open_view(page, "Compare").locator("[data-photo]").first.click()
    expect(page.locator("dialog .numbers")).to_contain_text("cosine")
