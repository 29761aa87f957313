"""One thread for all inference, whoever asks, from wherever."""

import asyncio
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from zsbir.inference import patiently, run, submit, wait_without_spinning


def here():
    return threading.current_thread().name


def test_everything_runs_in_one_thread():
    with ThreadPoolExecutor(4) as pool:
        names = set(pool.map(lambda _: run(here), range(8)))
    assert names == {submit(here).result(10)}
    assert here() not in names


def test_what_runs_there_may_ask_again():
    """It would wait for itself for ever otherwise."""
    assert submit(lambda: run(lambda: run(here))).result(10) == run(here)


def test_errors_come_back():
    with pytest.raises(ZeroDivisionError):
        run(lambda: 1 / 0)
    assert submit(lambda a, b=0: a + b, 1, b=2).result(10) == 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_has_a_thread_of_its_own():
    """ZeroGPU forks the Space's process, from the inference thread too; the thread itself stays behind."""
    assert run(here) == run(_here_in_a_fork) == submit(_here_in_a_fork).result(10)


def _here_in_a_fork():
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(10)  # the default ends the process
        os.write(writing, run(here).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        said = answer.read()
    assert os.waitpid(child, 0)[1] == 0
    return said


def held_back():
    """Keep the inference thread busy; returns what lets it go."""
    begun, go = threading.Event(), threading.Event()
    submit(lambda: (begun.set(), go.wait(10)))
    assert begun.wait(10)
    return go


def test_whoever_draws_goes_before_the_patient():
    order, go = [], held_back()
    with patiently():
        futures = [submit(order.append, name) for name in ("patient", "patient too")]
    futures += [submit(order.append, name) for name in ("prompt", "prompt too")]
    go.set()
    for future in futures:
        future.result(10)
    assert order == ["prompt", "prompt too", "patient", "patient too"]


def test_patience_has_an_end(monkeypatch):
    monkeypatch.setattr("zsbir.inference.PATIENCE", -1)
    order, go = [], held_back()
    with patiently():
        patient = submit(order.append, "patient")
    prompt = submit(order.append, "prompt")
    go.set()
    assert patient.result(10) is prompt.result(10) is None
    assert order == ["patient", "prompt"]


def test_patience_reaches_work_beside_the_event_loop():
    """As the page's explanations are worked out."""

    async def explain():
        with patiently():
            return await asyncio.to_thread(lambda: submit(order.append, "explanation"))

    order, go = [], held_back()
    explanation, search = asyncio.run(explain()), submit(order.append, "search")
    go.set()
    assert explanation.result(10) is search.result(10) is None
    assert order == ["search", "explanation"]


def test_what_was_given_up_is_not_done():
    done, go = [], held_back()
    given_up, other = submit(done.append, "given up"), submit(done.append, "other")
    assert given_up.cancel()
    go.set()
    other.result(10)
    assert done == ["other"]


def test_waiting_threads_sleep_unless_somebody_says_otherwise(monkeypatch):
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    wait_without_spinning()
    assert os.environ["OMP_WAIT_POLICY"] == "ACTIVE"
    monkeypatch.delenv("OMP_WAIT_POLICY")
    wait_without_spinning()
    assert os.environ["OMP_WAIT_POLICY"] == "PASSIVE"
