"""One thread for all inference, whoever asks, from wherever."""

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from zsbir.inference import run, submit


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
