"""The rest of the Class tab: breaking it, the class's scores, and the next pupil."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from PIL import Image

from tests.browser.hands import (
    LEFT,
    MIDDLE,
    RIGHT,
    choose,
    expect,
    on_sheet,
    see_nothing,
    see_photos,
    sheet_says,
    stroke,
    titles,
    tool,
    violations,
)
from tests.browser.lessons import strokes_of


def open_class(page, part):
    """Open one part of the Class tab."""
    page.get_by_role("tab", name="Class").click()
    page.get_by_role("tab", name=part).click()


@pytest.fixture
def still(visit):
    """A page whose drawings are there at once."""
    return visit(reduced_motion="reduce")


def test_breaking_it_changes_the_drawing_and_says_what_came_of_it(still):
    page = still
    open_class(page, "Break it")
    watch = page.locator(".watch")
    expect(watch).to_have_css("border-left-width", "0px")  # no bar beside nothing
    page.get_by_role("button", name="Mirrored").click()
    expect(watch).to_have_text("Draw something with the pen first.")
    expect(watch).to_have_css("border-left-width", "3px")
    stroke(page, LEFT)
    stroke(page, [(100, 100), (200, 100)])
    see_photos(page)
    before = strokes_of(page)
    page.get_by_role("button", name="Upside down").click()
    expect(page.locator(".watch b")).to_have_text("Upside down")
    expect(page.locator(".outcome")).to_contain_text("First before:")
    assert [round(y) for y in strokes_of(page)[1]["y"]] == [500] * len(before[1]["y"])
    tool(page, "undo")
    sheet_says(page, "2 strokes")
    page.wait_for_timeout(200)
    assert strokes_of(page) == before
    page.get_by_role("button", name="Tiny, and a dot").click()
    sheet_says(page, "3 strokes")


def test_a_word_and_things_that_are_lacking_are_drawn_instead(still):
    page = still
    open_class(page, "Break it")
    page.get_by_label("A word instead of a drawing").fill("où?")
    page.get_by_role("button", name="Write it").click()
    sheet_says(page, "2 strokes")
    expect(page.locator(".watch")).to_contain_text("It does not read")
    expect(page.locator(".outcome")).to_contain_text("First now:")
    page.get_by_role("button", name="octopus").click()
    sheet_says(page, "9 strokes")
    expect(page.locator(".watch")).to_contain_text("Nearest does not mean right.")


def record(page, meaning):
    """Say what the drawing was meant to be."""
    page.get_by_label("What was it meant to be?").fill(meaning)
    page.get_by_role("button", name="Record").click()


def rows(page, caption):
    """The cells of a table, row by row."""
    frame = page.get_by_role("region", name=caption, exact=True)
    return [row.locator("th, td").all_inner_texts() for row in frame.locator("tbody tr").all()]


def test_scores_are_those_of_the_photos_that_are_shown(still, tmp_path):
    page = still
    open_class(page, "Scores")
    record(page, "cat")
    notice = page.locator(".part-scores .complaint")
    expect(notice).to_have_text("Draw something first.")
    stroke(page, MIDDLE)
    see_photos(page, near=30)
    page.wait_for_timeout(300)
    record(page, "unicorn")
    expect(notice).to_have_text("Choose one of the gallery's categories.")
    numbers = [int(title.split()[-1]) for title in titles(page)]
    right = [number % 5 == 0 for number in numbers]  # every fifth placeholder is a cat
    hits = [sum(right[: i + 1]) / (i + 1) for i, counts in enumerate(right) if counts]
    record(page, "Cat")
    expected = [sum(right[:10]) / 10, float(right[0]), sum(hits) / 12, 1 / (1 + right.index(True))]
    (row,) = rows(page, "Drawings")
    assert row[1:3] == ["cat", "Plain CLIP"]
    assert row[3:6] == [f"{100 * value:.0f} %" for value in expected[:3]]
    assert row[6:8] == [f"{expected[3]:.2f}", f"{1 + right.index(True)} of 24"]
    choose(page, "Method", "CLIP-AT")  # which the fake ranks by the mirrored drawing
    expect(page.locator(".note").first).to_contain_text("CLIP-AT")
    page.wait_for_timeout(300)
    record(page, "cat")
    assert [mean[:2] for mean in rows(page, "Means")] == [["Plain CLIP", "1"], ["CLIP-AT", "1"]]
    assert [row[0] for row in rows(page, "Drawings")] == ["1", "1"]  # one drawing, two methods
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as CSV").click()
    download.value.save_as(tmp_path / "drawings.csv")
    with open(tmp_path / "drawings.csv", newline="", encoding="utf-8") as file:
        saved = list(csv.DictReader(file))
    assert [float(saved[0][name]) for name in ("P@10", "Acc@1", "AP", "RR")] == pytest.approx(
        expected, abs=1e-4
    )
    page.get_by_role("button", name="Remove drawing 1").first.click()
    assert [row[2] for row in rows(page, "Drawings")] == ["CLIP-AT"]


def test_fine_grained_has_nothing_to_be_right_about(still):
    page = still
    stroke(page, MIDDLE)
    page.get_by_label("Fine-grained").check()
    expect(page.locator(".answer h2")).to_contain_text("assumed")
    open_class(page, "Scores")
    record(page, "cat")
    expect(page.locator(".part-scores .complaint")).to_contain_text("has chosen a category already")
    page.get_by_role("button", name="Search at category level").click()
    expect(page.get_by_label("Category-level")).to_be_checked()
    expect(page.locator(".answer h2")).not_to_contain_text("assumed")
    record(page, "cat")
    assert len(rows(page, "Drawings")) == 1


def fill_the_page(page):
    """What a pupil leaves: a drawing, settings, a view, a lesson, a recorded drawing."""
    page.get_by_role("tab", name="Class").click()
    page.get_by_role("button", name="10 minutes").click()
    page.locator(".lesson").get_by_role("button", name="Next").click()
    page.get_by_label("Fine-grained").check()
    page.get_by_label("Category-level").check()
    stroke(page, RIGHT)
    choose(page, "Method", "CLIP-AT")
    expect(page.locator(".note").first).to_contain_text("CLIP-AT")
    open_class(page, "Scores")
    page.wait_for_timeout(300)
    record(page, "cat")
    assert len(rows(page, "Drawings")) == 1


def start_afresh(page):
    """As the teacher does between two pupils."""
    with page.expect_navigation():
        page.get_by_role("button", name="Start afresh for the next pupil").click()
    page.locator(".examples button").first.wait_for(state="attached")


def test_nothing_of_a_pupil_is_kept(still):
    page = still
    fill_the_page(page)
    start_afresh(page)
    see_nothing(page)
    expect(page.locator("[data-do=undo]")).to_have_attribute("aria-disabled", "true")
    expect(page.get_by_label("Method", exact=True).first).to_have_value("Plain CLIP")
    expect(page.locator("#zs-tab-photos")).to_have_attribute("aria-selected", "true")
    expect(page.locator(".lesson")).to_be_hidden()
    assert page.evaluate("[sessionStorage.length, localStorage.getItem('zsbir.class')]") == [0, None]
    open_class(page, "Scores")
    assert rows(page, "Drawings") == []


def test_the_lesson_and_the_scores_stay_only_if_the_teacher_says_so(still):
    page = still
    fill_the_page(page)
    page.get_by_label("Keep the step of the lesson").check()
    page.get_by_label("Keep the class's scores").check()
    start_afresh(page)
    expect(page.locator(".lesson-place")).to_contain_text("Step 2 of 6")
    see_nothing(page)
    expect(page.locator("[data-do=undo]")).to_have_attribute("aria-disabled", "true")
    open_class(page, "Scores")
    assert len(rows(page, "Drawings")) == 1
    expect(page.get_by_label("Keep the class's scores")).to_be_checked()
    assert page.evaluate("sessionStorage.getItem('zsbir.class')") is None  # handed over, and gone
    page.reload()
    page.locator(".tabs button").first.wait_for()
    open_class(page, "Scores")
    assert rows(page, "Drawings") == []


@pytest.mark.parametrize(
    "colours", [{"color_scheme": "dark"}, {"color_scheme": "light"}, {"forced_colors": "active"}]
)
def test_choosers_show_that_they_open(visit, colours):
    page = visit(**colours)
    open_class(page, "Target game")
    chooser = page.get_by_label("Who draws")
    picture = Image.open(io.BytesIO(chooser.screenshot())).convert("L")
    width, height = picture.size
    arrow = np.asarray(picture.crop((width - 26, 8, width - 8, height - 8)), dtype=int)
    assert 10 < (np.abs(arrow - arrow[0, 0]) > 60).sum() < 120
    colours_of = "tab => getComputedStyle(tab).backgroundColor"
    chosen, other = (
        page.get_by_role("tab", name=name).evaluate(colours_of) for name in ("Target game", "Scores")
    )
    assert chosen != other


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_class(visit, scheme):
    page = visit(color_scheme=scheme, reduced_motion="reduce")
    expect(page.locator(".zs-status")).to_have_attribute("data-state", "ready")
    page.get_by_role("tab", name="Class").click()
    page.get_by_role("button", name="10 minutes").click()
    stroke(page, MIDDLE)  # the lesson begins with a clean sheet
    see_photos(page)
    for part in ("Lesson", "Break it", "Scores", "Target game"):
        open_class(page, part)
        if part == "Scores":
            record(page, "cat")
            page.get_by_text("What the numbers mean").click()
        if part == "Target game":
            page.get_by_role("button", name="Begin", exact=True).click()
            page.locator(".target img").wait_for()
        assert violations(page) == {}, part


def test_a_small_phone_holds_the_class(visit):
    page = visit("small phone", reduced_motion="reduce")
    page.touchscreen.tap(*on_sheet(page, 300, 300))
    see_photos(page)
    for part in ("Lesson", "Break it", "Scores", "Target game"):
        open_class(page, part)
        if part == "Scores":
            record(page, "cat")
            assert len(rows(page, "Drawings")) == 1
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, part
        for button in page.locator(".class button:visible, .class summary:visible").all():
            assert button.bounding_box()["height"] >= 40, button.inner_text()
