"""The one thread in which a process does all its inference.

torch keeps its own threads warm for the thread that calls it, and a new thread a call costs 20 %. With a
single one, nothing that runs in it needs a lock either: opening, switching and searching simply queue.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def _start() -> None:
    global _thread, _inside
    _inside = threading.local()
    _thread = ThreadPoolExecutor(1, "zsbir-inference", initializer=lambda: setattr(_inside, "yes", True))


_start()
if hasattr(os, "register_at_fork"):
    # A forked process, as ZeroGPU makes them, has no thread but the one that forked, and would wait for ever.
    os.register_at_fork(after_in_child=_start)


def submit(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
    """Call a function in the inference thread, after whatever is queued there already."""
    return _thread.submit(function, *args, **kwargs)


def run(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function in the inference thread and wait; at once where that is the caller's own thread."""
    if getattr(_inside, "yes", False):
        return function(*args, **kwargs)
    return submit(function, *args, **kwargs).result()
