"""The one thread in which a process does all its inference.

torch keeps its own threads warm for the thread that calls it, and a new thread a call costs 20 %. With a
single one, nothing that runs in it needs a lock either: opening, switching and searching simply queue.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_inside = threading.local()
_THREAD = ThreadPoolExecutor(1, "zsbir-inference", initializer=lambda: setattr(_inside, "yes", True))


def submit(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
    """Call a function in the inference thread, after whatever is queued there already."""
    return _THREAD.submit(function, *args, **kwargs)


def run(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function in the inference thread and wait; at once where that is the caller's own thread."""
    if getattr(_inside, "yes", False):
        return function(*args, **kwargs)
    return submit(function, *args, **kwargs).result()
