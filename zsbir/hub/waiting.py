"""Waiting for the network with an end to it."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from zsbir import progress

T = TypeVar("T")
Job = Callable[[Callable[[], None]], T]  # gets a function that it calls whenever something has come


class SilenceError(Exception):
    """Nothing has come for too long."""


def _nothing() -> None:
    return None


def wait_for(job: Job[T], seconds: float, elsewhere: Callable[[], object] = _nothing) -> T:
    """Run one job; see `wait_for_all`."""
    return wait_for_all([job], seconds, elsewhere=elsewhere)[0]


def wait_for_all(
    jobs: Sequence[Job[T]],
    seconds: float,
    at_once: int = 1,
    elsewhere: Callable[[], object] = _nothing,
) -> list[T]:
    """Run jobs in threads, and give them up when nothing has been heard of any for some seconds.

    The threads are left behind then: a dead name server keeps a look-up, and a connection that drips keeps a
    read, longer than any timeout of theirs allows. Nor do they keep the program from ending.

    Args:
        jobs: Each gets a function that it calls whenever something has come.
        seconds: How long all of them may say nothing.
        at_once: How many run at the same time.
        elsewhere: What others have got of the same; while it changes, the jobs wait for them and may say
            nothing.

    Returns:
        What the jobs returned, in their order.

    Raises:
        SilenceError: Nothing was heard for that long. What a job raises is raised here too.
    """
    waiting: queue.SimpleQueue[tuple[int, Job[T]]] = queue.SimpleQueue()
    for item in enumerate(jobs):
        waiting.put(item)
    heard: queue.SimpleQueue[tuple[int, Any, BaseException | None] | None] = queue.SimpleQueue()
    given_up = threading.Event()

    def alive() -> None:
        if given_up.is_set():  # ends a job that is still getting on when nobody waits for it any more
            raise SilenceError
        heard.put(None)

    def work() -> None:
        while not given_up.is_set():
            try:
                number, job = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                heard.put((number, job(alive), None))
            except BaseException as error:
                heard.put((number, None, error))

    for _ in range(min(at_once, len(jobs))):
        threading.Thread(target=work, daemon=True, name="zsbir-hub").start()
    try:
        return _collect(heard, len(jobs), seconds, elsewhere)
    finally:
        given_up.set()


def _collect(heard: queue.SimpleQueue, count: int, seconds: float, elsewhere: Callable[[], object]) -> list:
    results: dict[int, Any] = {}
    last, seen = time.monotonic(), elsewhere()
    while len(results) < count:
        progress.check()
        try:
            news = heard.get(timeout=min(seconds, 0.5))
        except queue.Empty as error:
            there = elsewhere()
            if there != seen:
                last, seen = time.monotonic(), there
            elif time.monotonic() - last >= seconds:
                raise SilenceError from error
            continue
        last = time.monotonic()
        if news:
            number, results[number], error = news
            if error:
                raise error
    return [results[number] for number in range(count)]
