"""The one thread in which a process does all its inference.

torch keeps its own threads warm for the thread that calls it, and a new thread a call costs 20 %. With a
single one, nothing that runs in it needs a lock either: opening, switching and searching simply queue.
Whoever draws goes before whoever asks for more (`patiently`).
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

PATIENCE = 1.0  # seconds that a patient call lets others pass before it takes its turn all the same
_patient: ContextVar[bool] = ContextVar("patient", default=False)


@dataclass(frozen=True)
class _Call:
    work: Callable[[], Any]
    future: Future[Any]
    since: float


def _start() -> None:
    global _thread, _inside, _prompt_calls, _patient_calls
    _inside = threading.local()
    _prompt_calls, _patient_calls = deque[_Call](), deque[_Call]()
    _thread = ThreadPoolExecutor(1, "zsbir-inference", initializer=lambda: setattr(_inside, "yes", True))


_start()
if hasattr(os, "register_at_fork"):
    # A forked process, as ZeroGPU makes them, has no thread but the one that forked, and would wait for ever.
    os.register_at_fork(after_in_child=_start)


def wait_without_spinning() -> None:
    """Let torch's threads sleep where they wait for each other; to be called before torch is imported.

    They would spin for a while, on cores that photos could be read on: an index is made a sixth faster.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def submit(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
    """Call a function in the inference thread, after whatever is queued there already."""
    call = _Call(partial(function, *args, **kwargs), Future(), time.monotonic())
    (_patient_calls if _patient.get() else _prompt_calls).append(call)
    _thread.submit(_take_turn)
    return call.future


def run(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function in the inference thread and wait; at once where that is the caller's own thread."""
    if getattr(_inside, "yes", False):
        return function(*args, **kwargs)
    return submit(function, *args, **kwargs).result()


@contextmanager
def patiently() -> Iterator[None]:
    """Let others' calls go before those that are submitted within, for at most `PATIENCE` seconds each.

    For work that nobody waits for with a pen in the hand; it holds in `asyncio.to_thread` too.
    """
    token = _patient.set(True)
    try:
        yield
    finally:
        _patient.reset(token)


def _take_turn() -> None:
    """Carry out the call whose turn it is; there are as many turns as calls."""
    overdue = _patient_calls and time.monotonic() - _patient_calls[0].since > PATIENCE
    call = (_patient_calls if overdue or not _prompt_calls else _prompt_calls).popleft()
    if not call.future.set_running_or_notify_cancel():
        return
    try:
        result = call.work()
    except BaseException as error:
        call.future.set_exception(error)
        del call  # the error knows this frame, and would be kept by it for as long as nobody collects garbage
    else:
        call.future.set_result(result)
