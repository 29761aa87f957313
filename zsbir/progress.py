"""How far long work is: a bar on the terminal, and a line for whoever watches, such as the page."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar

from tqdm import tqdm

_stopped = threading.Event()
_watcher: ContextVar[Callable[[str], None] | None] = ContextVar("watcher", default=None)


@contextlib.contextmanager
def watched(tell: Callable[[str], None]) -> Iterator[None]:
    """Have the progress of all work inside told, as "Downloading user/repo: 120 of 605 MB"."""
    token = _watcher.set(tell)
    try:
        yield
    finally:
        _watcher.reset(token)


def stop() -> None:
    """End all work that is counted, at its next step: a program that ends does not wait for it."""
    _stopped.set()


def check() -> None:
    """Raise what Ctrl-C raises, once the program is to end."""
    if _stopped.is_set():
        raise KeyboardInterrupt


class Progress:
    """Counts one long piece of work; several threads may update it.

    Args:
        what: What is being done, such as "Downloading user/repo".
        total: How much there is to do.
        unit: What is counted; "B" for bytes, else the name of one thing, such as "photo".
        shown: Draw a bar on stderr.
    """

    def __init__(self, what: str, total: int, unit: str, *, shown: bool = True):
        calm = 0.1 if sys.stderr.isatty() else 10.0  # a log file does not need ten lines a second
        self._bar = tqdm(
            desc=what,
            total=total,
            unit=unit,
            unit_scale=unit == "B",
            mininterval=calm,
            disable=not shown,
            file=sys.stderr,
        )
        self._what, self._total, self._unit = what, total, unit
        self._done = 0
        self._tell = _watcher.get()
        self._lock = threading.Lock()

    def __enter__(self) -> Progress:
        self.update(0)
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def update(self, count: int = 1) -> None:
        """Count what has been done since the last call; raises KeyboardInterrupt after `stop`."""
        check()
        with self._lock:
            self._done += count
            self._bar.update(count)
            if self._tell:
                self._tell(f"{self._what}: {self._line()}")

    def _line(self) -> str:
        if self._unit == "B":
            return f"{self._done / 1e6:,.0f} of {self._total / 1e6:,.0f} MB"
        return f"{self._done:,} of {self._total:,} {self._unit}s"
