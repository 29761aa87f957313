"""One thread for all inference, whoever asks, from wherever."""

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
