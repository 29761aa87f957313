"""ZeroGPU: Hugging Face lends a Space its GPU for one call at a time; everywhere else this does nothing.

A lent call runs in a process that `spaces` forks, and that stays for later calls while the GPU is free. Only
there CUDA is real: in the Space's own process torch merely pretends, so it runs on the CPU.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

from zsbir.errors import LendingError, ZSBIRError

T = TypeVar("T")

ON_ZEROGPU = os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "t", "true")  # as `spaces` reads it
_borrowing = False


def cuda_is_real() -> bool:
    """Whether torch may be believed when it says that there is CUDA."""
    return not ON_ZEROGPU or _borrowing


def borrow(seconds: int, task: Callable[..., T], *args: Any) -> T:
    """Call a function where the GPU is: on ZeroGPU in another process, elsewhere at once.

    Waits until there is a GPU, which may take a minute; whoever has drawn pays with their daily share, if
    the call stands in the context of their Gradio request.

    Args:
        seconds: How long it may take at most; short calls are served first.
        task: A function of a module, so that it can be named to another process.
        args: What it is called with; small, as they are copied there.

    Returns:
        What the function returned, likewise copied.

    Raises:
        LendingError: No GPU is to be had, or it was taken back.
        ZSBIRError: As the function raised it.
    """
    if not ON_ZEROGPU:
        return task(*args)
    try:
        result = _lent(seconds, task, args)
    except Exception as error:  # Gradio's errors for the visitor, httpx's, assertions of `spaces`
        reason = str(getattr(error, "message", error)).rstrip(".")
        raise LendingError(f"No GPU could be borrowed ({reason}). Try again in a minute.") from error
    if isinstance(result, ZSBIRError):
        raise result
    return result


def _call(seconds: int, task: Callable[..., T], args: tuple) -> T | ZSBIRError:
    """Run in the process that has the GPU; our errors are handed back, of others only the name would be."""
    global _borrowing
    _borrowing = True
    try:
        return task(*args)
    except ZSBIRError as error:
        return error


def _seconds(seconds: int, *_: object) -> int:
    return seconds


if ON_ZEROGPU:
    # Before anything uses CUDA. And here, not later: a Space in which nothing was decorated when the page is
    # served counts as one that failed to start.
    import spaces

    _lent = spaces.GPU(_call, duration=_seconds)
