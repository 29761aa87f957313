"""What the page asks for: nothing of another machine, and nothing that is refused or complained of."""

from __future__ import annotations

import pytest

from tests.browser.hands import MIDDLE, expect, see_photos, stroke

VIEWS = ".tabs [role=tab]"


@pytest.fixture
def heard(visit, served):
    """A page, what it asked for, and what it or its browser complained of, from the first byte on."""
    page, asked, complaints = visit().context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on(
        "response", lambda got: complaints.append(f"{got.status} {got.url}") if got.status >= 400 else None
    )
    page.on(
        "console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None
    )
    page.goto(served[0])
    page.locator(".examples button").first.wait_for()
    yield page
    foreign = [url for url in asked if not url.startswith((served[0], "data:", "blob:"))]
    assert len(asked) > 10 and foreign == []
    assert complaints == []


def test_drawing_and_looking_at_everything_is_quiet(heard):
    stroke(heard, MIDDLE)
    see_photos(heard, near=30)
    for view in heard.locator(VIEWS).all():
        view.click()
        expect(view).to_have_attribute("aria-selected", "true")
        heard.wait_for_timeout(200)
    heard.locator(VIEWS).first.click()
    heard.locator(".tile").first.click()
    expect(heard.get_by_role("dialog")).to_be_visible()
    heard.wait_for_timeout(300)


def test_gradios_page_of_the_api_is_not_offered(heard):
    """It asks for what is switched off here, which browsers complain of."""
    expect(heard.get_by_role("button", name="Use via API")).to_have_count(0)
