"""The target game: the rank while one draws, two teams, and the same photos by the same number."""

from __future__ import annotations

import asyncio
import re

import pytest

from tests.browser.games import begin, expected_rank, press, see_another, see_rank, see_scores, target
from tests.browser.hands import LEFT, MIDDLE, RIGHT, expect, sheet_says, stroke, tool
from zsbir.explain.target import draw_lot
from zsbir.ui.explaining import answering


@pytest.fixture
def asked(served, monkeypatch):
    """Let the fake rank photos as it searches; what was asked is noted. A gate holds answers back."""
    retriever = served[2]
    noted = []

    async def rank(question, service):
        noted.append(question.photo)
        await asyncio.to_thread(retriever.gate.wait, 20)
        hits = retriever.retrieve(question.drawing, k=1000).hits
        place = next(hit for hit in hits if hit.photo.id == question.photo)
        within = [hit.photo.id for hit in hits if hit.category == place.category]
        return {
            "rank": place.rank,
            "searched": len(hits),
            "rank_within": 1 + within.index(question.photo),
            "within": len(within),
            "score": place.score,
        }

    monkeypatch.setitem(answering.KINDS, "rank", rank)
    return noted


@pytest.fixture
def clear(retriever):
    """A number whose first photo is found by ink at one edge: (number, near, far)."""
    for number in range(1, 100):
        hue = int(draw_lot(retriever.gallery.photos, number, 0).title.split()[-1])
        if hue < 12:
            return str(number), LEFT, RIGHT
        if hue > 48:
            return str(number), RIGHT, LEFT
    raise AssertionError("No number draws a photo at an edge.")


def test_the_rank_follows_the_pen_and_the_best_is_kept(visit, asked, clear):
    number, near, far = clear
    page = visit()
    stroke(page, MIDDLE)
    begin(page, number)
    sheet_says(page, "empty")
    first, rank = target(page), page.locator(".gauge .rank")
    expect(page.locator(".gauge .rank-of")).to_have_text("Draw the photo.")
    stroke(page, near)
    see_rank(page, expected_rank([near], first))
    expect(page.locator(".gauge .rank-of")).to_have_text("of 60 photos in the gallery")
    tool(page, "undo")
    stroke(page, far)
    see_rank(page, expected_rank([far], first))
    best = re.search(r"Best (\d+);", page.locator(".gauge .rank-more").inner_text())[1]
    assert int(best) < int(rank.inner_text())
    assert len(page.locator(".gauge polyline").get_attribute("points").split()) >= 2
    press(page, "Done")
    expect(rank).to_have_text(best)
    press(page, "Show the best drawing")
    sheet_says(page, "1 stroke")
    count = len(asked)
    stroke(page, MIDDLE)  # the turn is over: nothing is ranked any more
    page.wait_for_timeout(500)
    assert len(asked) == count
    press(page, "Next photo")
    see_another(page, first)
    sheet_says(page, "empty")
    see_scores(page, int(best))


def test_two_teams_draw_the_same_photo_and_the_better_rank_wins(visit, asked, clear):
    number, near, far = clear
    page = visit()
    begin(page, number, teams="2")
    first, whose = target(page), page.locator(".gauge .whose")
    expect(whose).to_have_text("Team A draws")
    stroke(page, far)
    press(page, "Done")
    press(page, "Team B draws")
    sheet_says(page, "empty")
    assert target(page) == first
    expect(whose).to_have_text("Team B draws")
    stroke(page, near)
    press(page, "Done")
    result = page.locator(".game-result .result")
    expect(result).to_have_text("Team A 0 : 1 Team B")
    expect(page.locator(".rounds .won")).to_contain_text("strokes 1")
    expect(page.locator(".ranks .drew")).to_have_text(["Team A", "Team B"])  # a rank is somebody's
    one, two = map(int, page.locator(".ranks .rank").all_inner_texts())
    assert one > two
    press(page, "Next photo")
    expect(whose).to_have_text("Team B draws")  # who began draws second now
    stroke(page, near)
    press(page, "Done")
    press(page, "Team A draws")
    press(page, "Done")  # without a line
    expect(result).to_have_text("Team A 0 : 2 Team B")
    press(page, "Show the best drawing")  # which is not the last one
    sheet_says(page, "1 stroke")
    press(page, "Next photo")
    expect(whose).to_have_text("Team A draws")
    press(page, "Done")
    press(page, "Team B draws")
    stroke(page, far)
    press(page, "Done")
    expect(page.locator(".verdict")).to_have_text("Team B wins the game.")
    expect(result).to_have_text("Team A 0 : 3 Team B")
    expect(page.locator(".gauge")).to_be_empty()  # no rank beside who has won
    expect(page.locator(".game-acts button")).to_have_text(["Show the best drawing", "End the game"])
    press(page, "End the game")
    expect(page.get_by_label("Number of the game")).to_be_visible()
    expect(page.locator(".board")).to_be_empty()
    expect(page.get_by_label("Number of the game")).to_have_value(str(int(number) + 1))


def test_the_next_game_draws_another_photo(visit, asked):
    page = visit()
    begin(page, "123456")  # more than any that is drawn by lot
    first = target(page)
    expect(page.locator(".game-side .hint")).to_have_text("Game number 123456")
    press(page, "End the game")
    page.get_by_role("button", name="Begin", exact=True).click()
    see_another(page, first)
    expect(page.locator(".game-side .hint")).to_have_text("Game number 123457")


def test_no_team_can_go_back_to_the_drawing_of_the_other(visit, asked):
    page = visit(reduced_motion="reduce")
    stroke(page, MIDDLE)
    begin(page, teams="2")
    tool(page, "undo")  # what was on the sheet before the game is one's own
    sheet_says(page, "1 stroke")
    tool(page, "clear")
    stroke(page, LEFT)
    stroke(page, RIGHT)
    press(page, "Done")
    press(page, "Show the best drawing")
    press(page, "Team B draws")
    sheet_says(page, "empty")
    for name in ("undo", "redo"):
        expect(page.locator(f"[data-do={name}]")).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Control+z")
    sheet_says(page, "empty")
    stroke(page, LEFT)
    tool(page, "undo")
    sheet_says(page, "empty")


@pytest.mark.parametrize("lesson", ["", "&lesson=45"])
def test_on_a_projector_the_result_is_in_sight(visit, served, asked, lesson):
    page = visit(url=f"{served[0]}?projector{lesson}", reduced_motion="reduce")
    begin(page, teams="2")
    for points in (LEFT, RIGHT):
        stroke(page, points)
        press(page, "Done")
        expect(page.locator(".rank-of").last).to_contain_text("the best rank")
        if points is LEFT:
            press(page, "Team B draws")
    foot = page.locator(".lesson").bounding_box()["y"] if lesson else 800
    for part in (".game-result .result", ".gauge .ranks", ".target img", ".game-acts"):
        box = page.locator(part).bounding_box()
        assert box["y"] >= 0 and box["y"] + box["height"] <= foot, part
    for rank in page.locator(".gauge .rank").all():
        assert rank.evaluate("rank => rank.scrollWidth - rank.clientWidth") <= 0


def test_time_ends_a_turn_and_a_late_answer_still_counts(visit, asked, retriever):
    page = visit()
    page.clock.install()
    begin(page, seconds="30")
    expect(page.locator(".rank-time")).to_have_text("30 s left")
    retriever.gate.clear()
    stroke(page, MIDDLE)
    page.clock.run_for(31_000)
    retriever.gate.set()
    expect(page.locator(".game-acts button").first).to_have_text("Next photo")
    expect(page.locator(".gauge .rank-of")).to_have_text("the best rank; strokes: 1")


def test_one_number_draws_the_same_photos_on_every_screen(visit, asked):
    drawn = []
    for number in ("7", "7", "8"):
        page = visit()
        begin(page, number=number)
        drawn.append([target(page)])
        press(page, "Another photo")
        see_another(page, drawn[-1][0])
        drawn[-1].append(target(page))
    assert drawn[0] == drawn[1] != drawn[2]


@pytest.mark.parametrize("size", ["phone", "small phone"])
def test_on_a_phone_one_can_draw_as_soon_as_the_photo_is_there(visit, asked, size):
    page = visit(size)
    begin(page)
    page.wait_for_function("document.querySelector('#zs-pad canvas').getBoundingClientRect().top >= 0")
    sheet, photo = (page.locator(what).bounding_box() for what in ("#zs-pad canvas", ".target img"))
    assert sheet["y"] >= 0 and (size == "small phone" or photo["y"] < 844 - 150)
