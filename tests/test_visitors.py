"""Thirty visitors draw at once, over real HTTP and with the real model: everybody sees their own."""

import asyncio
import threading

import pytest

from zsbir.evaluation.visitors.hand import Hand
from zsbir.evaluation.visitors.session import open_session
from zsbir.evaluation.visitors.sheets import endless, is_own, load_drawings, sheet
from zsbir.inference import run, submit
from zsbir.ui import build, bundled, serve

VISITORS = 30
WAYS = [
    {"deep-dual": "clip-at"},
    {"deep-dual": "clip-at", "category": "fine-grained"},
    {"deep-dual": "dp-clip", "category": "fine-grained"},
]


@pytest.fixture(scope="module")
def served():
    """The page over what is bundled: (address, service)."""
    service = bundled("everyday", "deep-dual")
    demo = build(service)
    yield serve(demo, service, block=False), service
    demo.close()


def alone(service, strokes, way):
    """The photos of one drawing, searched for without anybody else."""
    family, mode = way["deep-dual"], way.get("category", "category")
    retriever = service.open("everyday", family, mode).result(60)
    return run(retriever.retrieve, sheet(strokes), mode, 24)


def test_nobody_sees_anothers_drawing_or_photos(served, monkeypatch):
    """All wait until the last has asked, so that they share batches."""
    address, service = served
    for way in WAYS:
        service.open("everyday", way["deep-dual"], way.get("category", "category")).result(60)
    drawings, go, sizes = load_drawings(), threading.Event(), []
    answer = service._answer
    monkeypatch.setattr(
        service._batches, "_answer", lambda queries: sizes.append(len(queries)) or answer(queries)
    )

    async def visit(number):
        strokes, way = next(endless(drawings, number)), WAYS[number % len(WAYS)]
        async with open_session(address) as session:
            return strokes, way, await session.ask(strokes, number, way)

    async def watch():
        while len(service._batches._waiting) < VISITORS:
            await asyncio.sleep(0.02)
        go.set()

    async def crowd():
        submit(go.wait, 60)
        return (await asyncio.gather(watch(), *map(visit, range(VISITORS))))[1:]

    visits = asyncio.run(crowd())
    assert sizes == [VISITORS // len(WAYS)] * len(WAYS)
    for number, (strokes, way, found) in enumerate(visits):
        assert (found["state"], found["seq"]) == ("found", number)
        assert [is_own(other, found["seen"]) for other, *_ in visits].index(True) == number
        expected = alone(service, strokes, way)
        assert found["category"] == expected.category
        assert [photo["id"] for photo in found["photos"]] == [hit.photo.id for hit in expected.hits]
        scores = [hit.score for hit in expected.hits]
        assert [photo["score"] for photo in found["photos"]] == pytest.approx(scores, abs=1e-3)


def test_hands_draw_and_their_answers_are_their_own(served):
    """What the benchmark measures: every lifting of the pen is answered, and told as what was drawn."""
    drawings = load_drawings()

    async def draw(number):
        async with open_session(served[0]) as session:
            hand = Hand(session)
            await hand.draw(endless(drawings, number), seconds=1.5)
        return hand.notes

    async def crowd():
        return await asyncio.gather(*map(draw, range(3)))

    for notes in asyncio.run(crowd()):
        assert notes.answers and notes.changes >= notes.asked == len(notes.seen)
        assert all(is_own(strokes, seen) for strokes, seen in notes.seen)


def test_of_another_drawing_is_noticed():
    strokes, other = next(endless(load_drawings(), 0)), next(endless(load_drawings(), 1))
    from zsbir.ui.results import data_url

    assert is_own(strokes, data_url(sheet(strokes).render(224)))
    assert not is_own(strokes, data_url(sheet(other).render(224)))
