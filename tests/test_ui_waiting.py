"""Questions that wait at once: who is answered with whom, and who no more."""

import asyncio
import threading

import pytest

from tests.browser.fake import fake_service
from zsbir import inference
from zsbir.errors import DrawingError, SupersededError, ZSBIRError
from zsbir.inference import run, submit
from zsbir.strokes import Drawing
from zsbir.ui import Query
from zsbir.ui.waiting import Batches


@pytest.fixture
def hold():
    """Keep the inference thread busy until the event is set, so that questions have to wait."""
    begun, go = threading.Event(), threading.Event()

    def start():
        submit(lambda: (begun.set(), go.wait(20)))
        assert begun.wait(10)
        return go

    yield start
    go.set()


@pytest.fixture
def batches():
    """Answers numbers with their doubles, three at a time; notes in `asked` what was asked together."""

    def double(numbers):
        asked.append(list(numbers))
        if 13 in numbers:
            raise RuntimeError("thirteen")
        return [ZSBIRError(str(number)) if number < 0 else 2 * number for number in numbers]

    asked = []
    made = Batches(double, 3)
    made.asked = asked
    return made


def test_nobody_waits_for_company(batches):
    assert [batches.ask(number, "even").result(10) for number in (2, 4)] == [4, 8]
    assert batches.asked == [[2], [4]]


def test_who_waits_at_once_is_answered_at_once_by_kind_and_in_turn(batches, hold):
    go = hold()
    kinds = {number: "even" if number % 2 == 0 else "odd" for number in (2, 1, 4, 6, 3, 8)}
    futures = {number: batches.ask(number, kind) for number, kind in kinds.items()}
    go.set()
    assert {number: future.result(10) for number, future in futures.items()} == {
        number: 2 * number for number in kinds
    }
    assert batches.asked == [[2, 4, 6], [1, 3], [8]]


def test_an_error_comes_back_to_who_asked_for_it(batches, hold):
    go = hold()
    bad, good = batches.ask(-1, "one"), batches.ask(1, "one")
    failing, other = batches.ask(13, "two"), batches.ask(2, "one")
    go.set()
    assert (good.result(10), other.result(10)) == (2, 4)
    with pytest.raises(ZSBIRError, match="-1"):
        bad.result(10)
    with pytest.raises(RuntimeError, match="thirteen"):
        failing.result(10)
    assert batches.ask(3, "two").result(10) == 6


def test_what_nobody_waits_for_is_not_asked(batches, hold):
    go = hold()
    superseded = batches.ask(1, "odd", lambda: True)
    given_up, wanted = batches.ask(3, "odd"), batches.ask(5, "odd", lambda: False)
    assert given_up.cancel()
    go.set()
    assert wanted.result(10) == 10
    with pytest.raises(SupersededError):
        superseded.result(10)
    assert batches.asked == [[5]]


# ---- the service


def ask(x, mode="category", gallery="everyday"):
    drawing = Drawing.from_json({"width": 600, "height": 600, "strokes": [{"x": [x, x], "y": [100, 500]}]})
    return lambda: Query(drawing, mode, 5, None, gallery, "plain")


def test_a_visitor_s_newest_question_alone_is_answered(tmp_path, hold):
    """Others' are none of their business, nor questions that come without a visitor."""
    service, retriever = fake_service(tmp_path)
    service.open("everyday", "plain").result(10)

    async def draw():
        go = hold()
        asking = [
            asyncio.create_task(service.ask(ask(x), visitor))
            for x, visitor in [(10, "one"), (20, "two"), (300, "one"), (40, ""), (590, "one"), (60, "")]
        ]
        while len(service._batches._waiting) < len(asking):
            await asyncio.sleep(0.01)
        go.set()
        return await asyncio.gather(*asking, return_exceptions=True)

    answers = asyncio.run(draw())
    assert [type(answer) is SupersededError for answer in answers] == [True, False, True, False, False, False]
    best = [answer.result.hits[0].photo.hue for answer in answers if not isinstance(answer, Exception)]
    assert best == pytest.approx([x / 600 for x in (20, 40, 590, 60)], abs=0.02)
    assert retriever.searches == 4
    assert not service._newest


def test_an_older_question_that_was_read_late_is_superseded_too(tmp_path):
    service, retriever = fake_service(tmp_path)
    late = threading.Event()

    def slowly():
        late.wait(10)
        return ask(10)()

    async def draw():
        older = asyncio.create_task(service.ask(slowly, "one"))
        await asyncio.sleep(0)
        newer = await service.ask(ask(590), "one")
        late.set()
        with pytest.raises(SupersededError):
            await older
        return newer

    assert asyncio.run(draw()).result.hits[0].photo.hue == pytest.approx(590 / 600, abs=0.02)
    assert retriever.searches == 1
    assert not service._newest


def test_a_drawing_goes_before_an_explanation_that_asked_first(tmp_path, hold, monkeypatch):
    service, _ = fake_service(tmp_path)
    service.open("everyday", "plain").result(10)
    order, answer = [], service._answer
    monkeypatch.setattr(
        service._batches, "_answer", lambda queries: order.append("drawing") or answer(queries)
    )

    async def both():
        go = hold()
        explanation = asyncio.create_task(service.explain(lambda: run(order.append, "explanation")))
        while not inference._patient_calls:
            await asyncio.sleep(0.01)
        drawing = asyncio.create_task(service.ask(ask(100)))
        while not service._batches._waiting:
            await asyncio.sleep(0.01)
        go.set()
        await asyncio.gather(explanation, drawing)

    asyncio.run(both())
    assert order == ["drawing", "explanation"]


def test_a_stand_in_without_batches_keeps_errors_apart(tmp_path, hold):
    service, _ = fake_service(tmp_path)
    service.open("everyday", "plain").result(10)
    go = hold()
    nothing = Drawing.from_json({"width": 6, "height": 6, "strokes": []})
    empty = Query(nothing, "category", 5, None, "everyday", "plain")
    futures = [service.search(query) for query in (ask(100)(), empty, ask(500)())]
    go.set()
    assert isinstance(futures[1].exception(10), DrawingError)
    assert [futures[i].result(10).result.hits[0].photo.hue for i in (0, 2)] == pytest.approx(
        [1 / 6, 5 / 6], abs=0.02
    )
