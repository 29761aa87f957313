"""A hand that draws on a visitor's page at a hand's pace, and notes when answers come."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zsbir.evaluation.visitors.session import LIMIT, Session

# Seconds between questions while the pen is down: as in the page's pace.js.
OFTEN, SELDOM, QUICK, SPARED = 0.15, 1.5, 0.1, 3
SPEED = 600  # canvas units that a pen draws in a second
LIFTED = 0.4  # seconds between two strokes
LOOKING = 3.0  # seconds between two drawings


@dataclass
class Notes:
    """What one visitor lived to see.

    Attributes:
        changes: Drawings that the page would have sent.
        asked: Drawings that it sent, because the answer before was there.
        answers: Seconds from each lifting of the pen to the answer.
        photos: The same to the last photo of the answer; those that a newer answer replaced are left out.
        seen: What was drawn, and what the model saw of it according to the answer.
    """

    changes: int = 0
    asked: int = 0
    answers: list[float] = field(default_factory=list)
    photos: list[float] = field(default_factory=list)
    seen: list[tuple[list[dict], str]] = field(default_factory=list)


class Hand:
    """Draws on a visitor's page; every drawing starts on an empty sheet.

    Args:
        session: Whose page.
        with_photos: Load the photos of the answers too.
    """

    def __init__(self, session: Session, with_photos: bool = True) -> None:
        self.notes = Notes()
        self._session = session
        self._with_photos = with_photos
        self._strokes: list[dict] = []
        self._seq = 0
        self._lifted: dict[int, float] = {}  # number of the drawing -> when the pen was lifted
        self._asked: dict[int, float] = {}  # number of the drawing -> when the page gave it to be sent
        self._every = OFTEN
        self._changed = asyncio.Event()
        self._loading: list[asyncio.Task[None]] = []

    async def draw(self, drawings: Iterator[list[dict]], seconds: float) -> None:
        """Draw one after the other for some seconds, then wait for the last answer.

        Raises:
            RuntimeError: The page failed.
            httpx.HTTPError: Likewise.
        """
        sending = asyncio.create_task(self._send())
        drawing = asyncio.create_task(self._draw(drawings, time.perf_counter() + seconds))
        await asyncio.wait({sending, drawing}, return_when=asyncio.FIRST_COMPLETED)
        limit = time.perf_counter() + LIMIT
        while self._lifted and not sending.done() and time.perf_counter() < limit:
            await asyncio.sleep(0.02)
        drawing.cancel()
        if sending.done():
            sending.result()
        sending.cancel()
        await asyncio.gather(*self._loading)

    async def _draw(self, drawings: Iterator[list[dict]], until: float) -> None:
        while time.perf_counter() < until:
            self._strokes = []
            for stroke in next(drawings):
                await self._draw_stroke(stroke)
                if time.perf_counter() > until:
                    return
            await asyncio.sleep(LOOKING)

    async def _draw_stroke(self, stroke: dict) -> None:
        before = self._strokes
        for end in _moments(stroke):
            if time.perf_counter() >= self._asked.get(self._seq, 0) + self._every:
                self._show([*before, {axis: stroke[axis][:end] for axis in "xy"}])
            await asyncio.sleep(OFTEN)
        self._show([*before, stroke])
        self._lifted[self._seq] = time.perf_counter()
        await asyncio.sleep(LIFTED)

    def _show(self, strokes: list[dict]) -> None:
        self._strokes = strokes
        self._seq += 1
        self._asked[self._seq] = time.perf_counter()
        self.notes.changes += 1
        self._changed.set()

    async def _send(self) -> None:
        """Ask for the newest drawing whenever the answer to the one before is there, as the page does."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            strokes, seq = self._strokes, self._seq
            self.notes.asked += 1
            answer = await self._session.ask(strokes, seq)
            took = time.perf_counter() - self._asked[seq]
            self._every = min(SELDOM, max(OFTEN, SPARED * (took - QUICK)))
            lifted = [self._lifted.pop(number) for number in list(self._lifted) if number <= seq]
            self.notes.answers += [time.perf_counter() - moment for moment in lifted]
            self.notes.seen.append((strokes, answer["seen"]))
            if self._with_photos:
                self._loading.append(asyncio.create_task(self._load(answer, lifted)))

    async def _load(self, answer: dict[str, Any], lifted: list[float]) -> None:
        if await self._session.load_photos(answer):
            self.notes.photos += [time.perf_counter() - moment for moment in lifted]


def _moments(stroke: dict) -> NDArray[np.int64]:
    """How many points are drawn at each moment at which the page may ask before the pen is lifted."""
    x, y = np.array(stroke["x"]), np.array(stroke["y"])
    lengths = np.hypot(np.diff(x, prepend=x[0]), np.diff(y, prepend=y[0])).cumsum()
    return np.searchsorted(lengths, np.arange(0, lengths[-1], SPEED * OFTEN), side="right")
