"""What the page sends once: the newest drawing of each visitor, and nobody else's."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from PIL import Image

import zsbir.ui.drawings
from zsbir.errors import DrawingError
from zsbir.ui.drawings import KEPT_PIXELS, Drawings, ForgottenError
from zsbir.ui.events import leaver, searcher
from zsbir.ui.results import data_url, forgotten
from zsbir.ui.sketchpad import SheetValue

STROKES = {"strokes": [{"x": [200, 400], "y": [100, 500]}]}


def sent(seq, **more):
    return SheetValue.model_validate({"seq": seq, **(more or STROKES)})


def number(seq):
    return SheetValue(seq=seq, kept=True)


def test_a_drawing_is_found_by_its_number():
    drawings = Drawings()
    first = drawings.read("me", sent(1))
    assert drawings.read("me", number(1)) is first
    second = drawings.read("me", sent(2))
    assert drawings.read("me", number(2)) is second is not first
    with pytest.raises(ForgottenError):
        drawings.read("me", number(1))


def test_nobody_sees_another_s_drawing():
    drawings = Drawings()
    drawings.read("me", sent(1))
    with pytest.raises(ForgottenError):
        drawings.read("you", number(1))


def test_the_latest_visitors_are_kept(monkeypatch):
    monkeypatch.setattr(zsbir.ui.drawings, "KEPT", 2)
    drawings = Drawings()
    for visitor in ("a", "b", "a", "c"):
        drawings.read(visitor, sent(1))
    assert drawings.read("a", number(1))
    assert drawings.read("c", number(1))
    with pytest.raises(ForgottenError):
        drawings.read("b", number(1))


def test_what_cannot_be_read_is_not_kept():
    drawings = Drawings()
    drawings.read("me", sent(1))
    with pytest.raises(DrawingError):
        drawings.read("me", sent(2, picture="data:image/png;base64,%%%"))
    with pytest.raises(ForgottenError):
        drawings.read("me", number(2))


@pytest.mark.parametrize(
    ("side", "kept"), [(int(KEPT_PIXELS**0.5), True), (int(KEPT_PIXELS**0.5) + 1, False)]
)
def test_pictures_are_kept_up_to_the_page_s_size(side, kept):
    drawings = Drawings()
    picture = drawings.read("me", sent(1, picture=data_url(Image.new("L", (side, side), 9))))
    if kept:
        assert drawings.read("me", number(1)) is picture
    else:
        with pytest.raises(ForgottenError):
            drawings.read("me", number(1))


# ---- in the handlers of the page


@pytest.fixture
def page(fake):
    """Ask as one visitor's page does: `page(sheet, mode, family)`."""
    drawings = Drawings()
    visitor = SimpleNamespace(session_hash="me")

    def ask(sheet, mode="category", family="plain"):
        handler = searcher(fake[0], drawings)
        return asyncio.run(handler(sheet, mode, "", 24, "everyday", family, None, visitor))[0]

    ask.leave = lambda: leaver(drawings)(visitor)
    return ask


def test_switching_needs_the_number_alone(page):
    drawn = page(sent(7))
    switched = page(number(7), "fine-grained")
    assert (switched["state"], switched["mode"], switched["seen"]) == ("found", "fine-grained", drawn["seen"])
    assert page(number(7)) == drawn


def test_a_drawing_that_is_gone_is_asked_for_again(page, fake):
    assert page(number(3)) == forgotten(3)
    assert fake[1].searches == 0


@pytest.mark.parametrize("end", ["clear", "leave"])
def test_a_cleared_sheet_and_a_closed_page_leave_nothing(page, end):
    page(sent(1))
    if end == "clear":
        assert page(SheetValue(seq=2))["state"] == "empty"
    else:
        page.leave()
    assert page(number(1)) == forgotten(1)
