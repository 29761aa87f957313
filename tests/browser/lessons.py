"""What a step of the lesson promises, looked for on the page."""

from __future__ import annotations

from playwright.sync_api import Page, expect

# The modules of the page, by the addresses it loaded them from.
MODULE = """(name) => import(document.querySelector(`link[rel=modulepreload][href$="${name}"]`).href)"""
STEPS = f"async (minutes) => (await ({MODULE})('lesson/steps.js')).stepsOf(minutes)"
STROKES = f"async () => (await ({MODULE})('shared/question.js')).now.sheet?.strokes ?? []"
DRAWING = f"async (name) => (await ({MODULE})('lesson/actions.js')).drawingOf(name).strokes.length"
HARMED = f"async ([name, strokes]) => (await ({MODULE})('limits/harm.js')).HARM[name](strokes)"


def steps_of(page: Page, minutes: int) -> list[dict]:
    """The steps as the page has them."""
    return page.evaluate(STEPS, minutes)


def strokes_of(page: Page) -> list[dict]:
    """The drawing as it was last sent."""
    return page.evaluate(STROKES)


def press(page: Page, name: str) -> None:
    """Press a button of the lesson's strip."""
    page.locator(".lesson").get_by_role("button", name=name, exact=True).click()


def go_to(page: Page, title: str) -> None:
    """Go on to the step of this title."""
    while page.locator(".lesson-title").inner_text() != title:
        press(page, "Next")


def see_done(page: Page, actions: list[dict], before: list[dict], own: str) -> None:
    """Expect what these actions promise; `before` was the drawing, `own` is the class's method in words."""
    for action in actions:
        kind = next(name for name in SEE if name in action)
        SEE[kind](page, action, before, own)


def _draw(page, action, before, own):
    if action.get("ifEmpty") and before:
        return
    count = page.evaluate(DRAWING, action["draw"])
    expect(page.locator("#zs-pad canvas")).to_have_attribute("aria-label", f"Drawing sheet, {count} strokes")


def _harm(page, action, before, own):
    expected = page.evaluate(HARMED, [action["harm"], before])
    page.wait_for_function(
        f"async (y) => Math.abs((await ({STROKES})())[0].y[0] - y) < 0.1", arg=expected[0]["y"][0]
    )
    assert expected != before


def _attempt(page, action, before, own):
    _harm(page, {"harm": action["attempt"]}, before, own)
    expect(page.locator(".outcome")).to_contain_text("First before:")


def _tool(page, action, before, own):
    if action == {"tool": "clear"}:
        expect(page.locator("#zs-pad canvas")).to_have_attribute("aria-label", "Drawing sheet, empty")
        return
    assert action == {"tool": "fit"}
    page.wait_for_function(
        f"async () => Math.max(...(await ({STROKES})()).flatMap(({{ x, y }}) => x.concat(y))) > 500"
    )


def _wish(page, action, before, own):
    mode = {"category": "Category-level", "fine-grained": "Fine-grained"}[action["wish"]["mode"]]
    expect(page.get_by_role("radio", name=mode)).to_be_checked()
    if "method" in action["wish"]:
        method = {"own": own, "plain": "Plain CLIP"}[action["wish"]["method"]]
        expect(page.get_by_label("Method", exact=True).first).to_have_value(method)


def _view(page, action, before, own):
    expect(page.locator(f"#zs-tab-{action['view']}")).to_have_attribute("aria-selected", "true")
    expect(page.locator(f".view-{action['view']}")).to_be_visible()
    if "part" in action:
        expect(page.locator(f".part-{action['part']}")).to_be_visible()


def _game(page, action, before, own):
    expect(page.locator(".gauge .whose")).to_have_text("Team A draws")
    expect(page.locator(".target img")).to_be_visible()
    expect(page.locator("#zs-pad canvas")).to_have_attribute("aria-label", "Drawing sheet, empty")


def _open(page, action, before, own):
    expect(page.locator(f"#zs-leaf-{action['open']}")).to_have_attribute("aria-selected", "true")
    expect(page.locator(f"dialog .leaf-{action['open']}")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()


SEE = {
    "draw": _draw,
    "harm": _harm,
    "attempt": _attempt,
    "tool": _tool,
    "wish": _wish,
    "view": _view,
    "game": _game,
    "open": _open,
}
