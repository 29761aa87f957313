"""Playing the target game in a browser."""

from __future__ import annotations

from tests.browser.hands import expect


def begin(page, number="7", teams="1", seconds="0"):
    """Begin a game with the photos of a number."""
    page.get_by_role("tab", name="Class").click()
    page.get_by_role("tab", name="Target game").click()
    page.get_by_label("Number of the game").fill(number)
    page.get_by_label("Who draws").select_option(teams)
    page.get_by_label("Time for a turn").select_option(seconds)
    page.get_by_role("button", name="Begin", exact=True).click()
    page.locator(".target img").wait_for()


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


def see_scores(page, best):
    """The Scores show the rank that the game showed, and measure the one in the category as they define."""
    page.get_by_role("tab", name="Scores").click()
    row = page.get_by_role("region", name="Photos of the game").locator("tbody tr").first
    method, gallery, category, accuracy, reciprocal = row.locator("td").all_inner_texts()[2:7]
    assert (method, gallery) == ("Plain CLIP", f"{best} of 60")
    rank, among = map(int, category.split(" of "))
    assert 1 <= rank <= among == 12
    assert (accuracy, reciprocal) == ("100 %" if rank == 1 else "0 %", f"{1 / rank:.2f}")
    heads = page.get_by_role("region", name="Photos of the game").locator("thead th").all_inner_texts()
    assert heads[3:] == ["In the gallery", "In its category", "Acc@1 in its category", "RR in its category"]
    means = page.get_by_role("region", name="Means").locator("tbody tr")
    expect(means.locator("th")).to_have_text(
        ["Plain CLIP, photos of the game in their categories", "Guessing, for the same photos"]
    )
    expect(means.last.locator("td")).to_have_text(["1", "", "8 %", "", "0.26"])  # among 12 photos
    page.get_by_text("What the numbers mean").click()
    expect(page.locator(".definitions")).to_contain_text("0.5 for the second, 0.33 for the third")
