"""The target game: the rank while one draws, two teams, and the same photos by the same number."""

from __future__ import annotations

import asyncio
import re

import pytest

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


def begin(page, number="7", teams="1", seconds="0"):
    """Begin a game with the photos of a number."""
    page.get_by_role("tab", name="Class").click()
    page.get_by_role("tab", name="Target game").click()
    page.get_by_label("Photos by the number").fill(number)
    page.get_by_label("Who draws").select_option(teams)
    page.get_by_label("Time for a turn").select_option(seconds)
    page.get_by_role("button", name="Begin", exact=True).click()
    page.locator(".target img").wait_for()


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


def target(page):
    """The number of the placeholder that is to be drawn."""
    return int(page.locator(".target figcaption").inner_text().split(",")[0].split()[-1])


def expected_rank(strokes, number):
    """By the fake's rule: the hue nearest to the mean x of the ink comes first."""
    mean = sum(x for points in strokes for x, _ in points) / sum(map(len, strokes)) / 600
    return 1 + sum(abs(other / 60 - mean) < abs(number / 60 - mean) - 1e-9 for other in range(60))


def see_rank(page, near):
    """Wait for a rank, give or take what the pen's path between the points changes."""
    page.wait_for_function(
        "near => Math.abs(Number(document.querySelector('.gauge .rank').textContent) - near) <= 4", arg=near
    )


def see_another(page, before):
    """Wait for another photo to draw than the placeholder of this number."""
    page.wait_for_function(
        "before => !document.querySelector('.target figcaption').textContent.includes(before)",
        arg=f"Placeholder {before},",
    )


def press(page, name):
    """Press one of the game's buttons."""
    page.locator(".game-acts").get_by_role("button", name=name).click()


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
    expect(page.locator(".gauge .rank-of")).to_have_text("of 60 photos")
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
    page.get_by_role("tab", name="Scores").click()
    cells = page.get_by_role("region", name="Drawings").locator("tbody tr").first.locator("td")
    expect(cells.nth(2)).to_have_text("Plain CLIP, photos of the game")


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
    result = page.locator(".board .result")
    expect(result).to_have_text("Team A 0 : 1 Team B")
    expect(page.locator(".rounds .won")).to_contain_text("strokes 1")
    press(page, "Next photo")
    expect(whose).to_have_text("Team B draws")  # who began draws second now
    stroke(page, near)
    press(page, "Done")
    press(page, "Team A draws")
    press(page, "Done")  # without a line
    expect(result).to_have_text("Team A 0 : 2 Team B")
    press(page, "Next photo")
    expect(whose).to_have_text("Team A draws")
    press(page, "Done")
    press(page, "Team B draws")
    stroke(page, far)
    press(page, "Done")
    expect(page.locator(".verdict")).to_have_text("Team B wins the game.")
    expect(result).to_have_text("Team A 0 : 3 Team B")
    expect(page.locator(".game-acts button")).to_have_text(["Show the best drawing", "End the game"])
    press(page, "End the game")
    expect(page.get_by_label("Photos by the number")).to_be_visible()
    expect(page.locator(".board")).to_be_empty()


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
