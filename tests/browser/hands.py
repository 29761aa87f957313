"""What a visitor does and sees, in the words of the tests."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser import needs

needs.playwright()

from playwright.sync_api import Locator, Page, expect  # noqa: E402

__all__ = [
    "INKED",
    "LEFT",
    "MIDDLE",
    "RIGHT",
    "choose",
    "expect",
    "hue",
    "inked",
    "on_sheet",
    "see_nothing",
    "see_photos",
]
__all__ += ["open_view", "sheet_says", "shown", "stroke", "titles", "tool", "until", "violations"]

LEFT = [(60, 100), (80, 300), (60, 500)]
RIGHT = [(520, 100), (540, 300), (520, 500)]
MIDDLE = [(280, 300), (300, 320), (320, 300)]
INKED = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let inked = 0;
  for (let i = 3; i < data.length; i += 4) inked += data[i] > 0;
  return (inked / (data.length / 4)) * 1000;
}"""


def on_sheet(page: Page, x: float, y: float) -> tuple[float, float]:
    """Canvas units to page pixels."""
    box = page.locator("#zs-pad canvas").bounding_box()
    return box["x"] + x / 600 * box["width"], box["y"] + y / 600 * box["height"]


def stroke(page: Page, points: list[tuple[float, float]], *, lift: bool = True) -> None:
    """Draw (or rub) along points with the mouse."""
    page.mouse.move(*on_sheet(page, *points[0]))
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*on_sheet(page, *point), steps=2)
    if lift:
        page.mouse.up()


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait for what the page does not show; on a slow machine it comes late."""
    for _ in range(300):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError("It did not come about.")


def tool(page: Page, name: str) -> None:
    """Press one of the sheet's buttons."""
    page.locator(f"#zs-pad [data-do={name}]").click()


def choose(page: Page, label: str, option: str) -> None:
    """Pick from one of Gradio's dropdowns."""
    page.get_by_label(label, exact=True).first.click()
    page.get_by_role("option", name=option, exact=True).click()


def titles(page: Page) -> list[str]:
    """The photos shown, best first, by their titles."""
    return page.locator(".tile").evaluate_all("tiles => tiles.map((tile) => tile.title)")


def hue(page: Page) -> int:
    """The number of the best placeholder: 0 for ink at the left edge, 60 for ink at the right."""
    return int(titles(page)[0].split()[-1])


def see_photos(page: Page, *, near: int | None = None) -> None:
    """Wait until photos are shown, and the best is the placeholder `near`, give or take three."""
    expect(page.locator(".results")).to_have_attribute("data-state", "found")
    if near is not None:
        page.wait_for_function(
            "near => Math.abs((document.querySelector('.tile')?.title.split(' ').pop() ?? 999) - near) <= 3",
            arg=near,
        )


def see_nothing(page: Page) -> None:
    """Wait until the sheet is empty and the examples are back."""
    expect(page.locator(".results")).to_have_attribute("data-state", "empty")
    expect(page.locator(".tile")).to_have_count(0)
    expect(page.locator(".examples")).to_be_visible()


def sheet_says(page: Page, what: str) -> None:
    """Wait for the sheet's own description, as in "2 strokes"."""
    expect(page.locator("#zs-pad canvas")).to_have_attribute("aria-label", f"Drawing sheet, {what}")


def inked(page: Page) -> float:
    """How many of the canvas' pixels are inked, in per mille."""
    return page.locator("#zs-pad canvas").evaluate(INKED)


def open_view(page: Page, name: str) -> Locator:
    """Open one of the tabs; the result is its panel."""
    page.get_by_role("tab", name=name).click()
    return page.get_by_role("tabpanel", name=name)


def shown(page: Page) -> str:
    """The title of the photo that is open large."""
    title = page.get_by_role("dialog").locator("h3").first
    expect(title).to_be_visible()
    return title.inner_text()


def violations(page: Page, part: str | None = None) -> dict[str, list[str]]:
    """What axe finds wrong with the page, or with a part of it: rule -> where; colours have settled first."""
    from axe_playwright_python.sync_playwright import Axe

    page.wait_for_function("document.getAnimations().every((each) => each.playState !== 'running')")
    found = Axe().run(page, part).response["violations"]
    return {rule["id"]: [node["html"][:200] for node in rule["nodes"]] for rule in found}
