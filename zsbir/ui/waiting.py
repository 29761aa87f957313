"""Questions that wait for the inference thread: those that go together pass it as one batch."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from zsbir.errors import SupersededError
from zsbir.inference import submit

Q = TypeVar("Q")
A = TypeVar("A")

SUPERSEDED = "A newer drawing came before this one was searched for."


@dataclass(eq=False)
class _Waiting(Generic[Q, A]):
    question: Q
    kind: Hashable
    is_superseded: Callable[[], bool]
    future: Future[A] = field(default_factory=Future)

    def end(self, answer: A | Exception) -> None:
        """Hand out an answer or an error, unless nobody wants it any more."""
        if not self.future.set_running_or_notify_cancel():
            return
        if isinstance(answer, Exception):
            self.future.set_exception(answer)
        else:
            self.future.set_result(answer)


class Batches(Generic[Q, A]):
    """Asks in batches of whatever waits when the inference thread is free; nobody waits for company.

    Gradio's own batch=True does not fit: it batches whatever goes to one handler, not to one checkpoint; one
    drawing's error fails all, and page and API would not share batches.

    Args:
        answer: Answers questions of one kind, each with an answer or an error, in the inference thread.
        most: Questions in one batch at most.
    """

    def __init__(self, answer: Callable[[Sequence[Q]], Sequence[A | Exception]], most: int) -> None:
        self._answer = answer
        self._most = most
        self._waiting: list[_Waiting[Q, A]] = []
        self._lock = threading.Lock()

    def ask(
        self, question: Q, kind: Hashable, is_superseded: Callable[[], bool] = lambda: False
    ) -> Future[A]:
        """Ask when it is this question's turn.

        Args:
            question: What `answer` is given.
            kind: Questions of the same kind may be answered together.
            is_superseded: Whether nobody waits for the answer any more; looked at before it is worked out.

        Returns:
            The answer or its error, SupersededError if it was superseded.
        """
        waiting = _Waiting[Q, A](question, kind, is_superseded)
        with self._lock:
            self._waiting.append(waiting)
        # One turn for each question; if it was answered in the turn of another, its own has nothing to do.
        submit(self._take_turn)
        return waiting.future

    def _take_turn(self) -> None:
        superseded, batch = self._take()
        for waiting in superseded:
            waiting.end(SupersededError(SUPERSEDED))
        if not batch:
            return
        try:
            answers = self._answer([waiting.question for waiting in batch])
        except Exception as error:
            answers = [error] * len(batch)
        for waiting, answer in zip(batch, answers, strict=True):
            waiting.end(answer)

    def _take(self) -> tuple[list[_Waiting[Q, A]], list[_Waiting[Q, A]]]:
        """Take what is superseded, and the question that has waited longest with others of its kind."""
        with self._lock:
            waiting = [one for one in self._waiting if not one.future.cancelled()]
            superseded = [one for one in waiting if one.is_superseded()]
            waiting = [one for one in waiting if one not in superseded]
            batch = [one for one in waiting if one.kind == waiting[0].kind][: self._most]
            self._waiting = [one for one in waiting if one not in batch]
        return superseded, batch
