"""Waiting ends, whatever the network does."""

import threading
import time

import pytest

from zsbir.hub.waiting import SilenceError, wait_for, wait_for_all


def test_results_come_in_the_order_of_the_jobs():
    jobs = [lambda _, number=number: time.sleep(0.02 * (3 - number)) or number for number in range(4)]
    assert wait_for_all(jobs, 5, at_once=4) == [0, 1, 2, 3]
    assert wait_for_all([], 5) == []


def test_errors_of_a_job_are_the_callers_and_end_the_others():
    begun = []

    def fail(_):
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        wait_for_all([fail, *[lambda _: begun.append(1) or time.sleep(0.05)] * 50], 5)
    time.sleep(0.2)
    ended = len(begun)
    time.sleep(0.2)
    assert len(begun) == ended < 50


def test_silence_ends_the_wait_and_news_prolong_it():
    never = threading.Event()
    with pytest.raises(SilenceError):
        wait_for(lambda _: never.wait(30), 0.1)

    def slow(alive):
        for _ in range(24):
            time.sleep(0.05)
            alive()
        return "done"

    assert wait_for(slow, 1.0) == "done"  # a busy machine may be late, but not by that much
    never.set()


def test_what_others_bring_prolongs_the_wait_too():
    looks = iter(range(10))
    start = time.monotonic()
    with pytest.raises(SilenceError):
        wait_for(lambda _: time.sleep(30), 0.05, lambda: next(looks, "the same"))
    assert next(looks, None) is None and time.monotonic() - start >= 10 * 0.05


def test_no_more_than_so_many_run_at_once():
    running, most, lock = 0, 0, threading.Lock()
    three = threading.Barrier(3)

    def job(_):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        three.wait(30)
        time.sleep(0.02)
        with lock:
            running -= 1

    wait_for_all([job] * 9, 5, at_once=3)
    assert most == 3
