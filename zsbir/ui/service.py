"""What the page asks of the retrievers, all of it in the inference thread: nothing here needs a lock."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Future
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from zsbir.errors import ZSBIRError
from zsbir.families import Choice, choose, families_of, family_of
from zsbir.inference import patiently, submit
from zsbir.progress import watched
from zsbir.ui.answers import Answer, Query, answer
from zsbir.ui.waiting import Batches
from zsbir.zerogpu import ON_ZEROGPU

T = TypeVar("T")

if TYPE_CHECKING:
    from zsbir.hits import Result
    from zsbir.retriever import Retriever

EXPLAINING = 16  # explanations that are worked out or wait at once; some take a second
WAITING = 64  # questions that may wait at once; each takes some ten milliseconds
BATCH = 16  # questions that are answered together at most: more take no less time each
BUSY = "Too many drawings are being searched for right now. Try again in a moment."
# Retrievers held in memory, for all visitors: every bundled checkpoint of two galleries. They share their
# backbones, so that each costs its vectors and what its method learnt.
KEPT_OPEN = 16


class Service:
    """Opens retrievers when they are first asked for, and keeps them open.

    Args:
        galleries: names to choose from, or what finds them, for they come and go; the page starts with the
            first.
        checkpoints: names to choose from, by their families.
        load: opens a retriever for (gallery, checkpoint); tests pass a fake.
        family: the one that the page starts with; None is that of the first checkpoint.
        stamp: of a retriever: another one when its index on disk has been built again.
    """

    def __init__(
        self,
        galleries: list[str] | Callable[[], list[str]],
        checkpoints: list[str],
        load: Callable[[str, str], Retriever],
        family: str | None = None,
        stamp: Callable[[Retriever], object] = lambda retriever: None,
    ) -> None:
        self._galleries = galleries
        self.checkpoints = checkpoints
        self.families = families_of(checkpoints)
        self.family = family or family_of(checkpoints[0])
        self._load = load
        self._stamp = stamp
        self._open: OrderedDict[tuple[str, str], Retriever] = OrderedDict()
        self._stamps: dict[tuple[str, str], object] = {}
        self._photos: dict[str, dict[str, Path]] = {}
        self._categories: dict[str, list[str]] = {}
        self._batches = Batches(self._answer, BATCH)
        self._newest: dict[str, int] = {}  # visitor -> number of their newest question, while it is open
        self._numbers = count()
        self._waiting = self._explaining = 0
        self._doing = ""

    @property
    def galleries(self) -> list[str]:
        """The names of the galleries that there are now."""
        return self._galleries() if callable(self._galleries) else self._galleries

    def open(self, gallery: str, checkpoint: str, mode: str = "category") -> Future[Retriever]:
        """Open what a family or a checkpoint means in a mode, anew if its index has been built again.

        The future carries any ZSBIRError.
        """
        return submit(lambda: self._reopened(gallery, choose(checkpoint, mode, self.checkpoints).checkpoint))

    def search(self, query: Query) -> Future[Answer]:
        """Search after whatever is already queued; the future carries any ZSBIRError."""
        return self._batches.ask(query, _kind(query))

    async def ask(self, prepare: Callable[[], Query], visitor: str = "") -> Answer:
        """Read a question beside the event loop, then search for it; for handlers of one event loop.

        Args:
            prepare: decodes what was sent, which may take a while.
            visitor: who asks; only the newest question of a visitor is answered. "" asks beside any other.

        Raises:
            SupersededError: the same visitor asked again before this question was searched for.
            ZSBIRError: too many questions wait already, or `prepare` or the search refuses this one.
        """
        if self._waiting >= WAITING:
            raise ZSBIRError(BUSY)
        self._waiting += 1
        number = self._newest[visitor] = next(self._numbers)
        try:
            query = await asyncio.to_thread(prepare)
            if ON_ZEROGPU:  # who waits for a GPU keeps nobody else waiting, and asks in their own name
                choice, retriever = await asyncio.wrap_future(submit(self._opened, query))
                return await asyncio.to_thread(self._rank, query, choice, retriever)
            superseded = (lambda: self._newest.get(visitor) != number) if visitor else (lambda: False)
            return await asyncio.wrap_future(self._batches.ask(query, _kind(query), superseded))
        finally:
            self._waiting -= 1
            if self._newest.get(visitor) == number:
                del self._newest[visitor]

    async def opened(self, gallery: str, checkpoint: str, mode: str) -> Retriever:
        """Open as `open` does, for handlers that ask a retriever more than a search.

        Raises:
            ZSBIRError: the gallery or the checkpoint cannot be opened.
        """
        if gallery not in self.galleries:
            raise ZSBIRError(f"There is no gallery {gallery[:80]!r} here. Choose another one.")
        return await asyncio.wrap_future(self.open(gallery, checkpoint, mode))

    async def explain(self, work: Callable[[], T]) -> T:
        """Work out an explanation beside the event loop; what it asks of a model lets searches go first.

        Raises:
            ZSBIRError: too many wait already, or `work` raises it.
        """
        if self._explaining >= EXPLAINING:
            raise ZSBIRError(BUSY)
        self._explaining += 1
        try:
            with patiently():
                return await asyncio.to_thread(work)
        finally:
            self._explaining -= 1

    def photo(self, gallery: str, photo_id: str) -> Path | None:
        """Where a photo lies, if its gallery is open and has it; anything else is not served."""
        return self._photos.get(gallery, {}).get(photo_id)

    def categories(self, gallery: str) -> list[str]:
        """The categories of a gallery that is open; none before."""
        return self._categories.get(gallery, [])

    def retriever(self, gallery: str, checkpoint: str) -> Retriever:
        """Open a retriever, or return the open one; in the inference thread only."""
        key = (gallery, checkpoint)
        if key not in self._open:
            with watched(self._watch):
                retriever = self._load(gallery, checkpoint)
            photos = retriever.gallery.photos
            self._photos[gallery] = {photo.id: retriever.gallery.path(photo) for photo in photos}
            self._categories[gallery] = list(retriever.gallery.categories)
            self._open[key], self._stamps[key] = retriever, self._stamp(retriever)
        self._open.move_to_end(key)
        while len(self._open) > KEPT_OPEN:
            self._open.popitem(last=False)
        return self._open[key]

    def _reopened(self, gallery: str, checkpoint: str) -> Retriever:
        key = (gallery, checkpoint)
        if key in self._open and self._stamp(self._open[key]) != self._stamps[key]:
            del self._open[key]
        return self.retriever(gallery, checkpoint)

    async def wait(self, opening: Future[Retriever]) -> AsyncIterator[str]:
        """Wait until a retriever is open, or cannot be; twice a second comes what is being done for it."""
        waiting = asyncio.wrap_future(opening)
        while not (await asyncio.wait({waiting}, timeout=0.5))[0]:
            yield self._doing
        waiting.exception()  # seen, or asyncio would report it as overlooked

    def _watch(self, doing: str) -> None:
        self._doing = doing

    def _answer(self, queries: Sequence[Query]) -> list[Answer | Exception]:
        """Answer queries of one kind; what is wrong with one is told to nobody else."""
        choice, retriever = self._opened(queries[0])
        results = _retrieve(retriever, queries)
        return [
            result if isinstance(result, Exception) else _attempt(answer, query, choice, retriever, result)
            for query, result in zip(queries, results, strict=True)
        ]

    def _opened(self, query: Query) -> tuple[Choice, Retriever]:
        choice = choose(query.checkpoint, query.mode, self.checkpoints)
        return choice, self.retriever(query.gallery, choice.checkpoint)

    def _rank(self, query: Query, choice: Choice, retriever: Retriever) -> Answer:
        result = retriever.retrieve(query.drawing, query.mode, query.k, query.category)
        return answer(query, choice, retriever, result)


def _kind(query: Query) -> tuple[str, str, str]:
    """What queries that one retriever answers have in common."""
    return query.gallery, query.checkpoint, query.mode


def _retrieve(retriever: Retriever, queries: Sequence[Query]) -> list[Result | Exception]:
    questions = [(query.drawing, query.mode, query.k, query.category) for query in queries]
    if hasattr(retriever, "retrieve_all"):
        return retriever.retrieve_all(questions)
    return [_attempt(retriever.retrieve, *question) for question in questions]  # a stand-in without batches


def _attempt(function: Callable[..., T], *arguments: Any) -> T | Exception:
    try:
        return function(*arguments)
    except Exception as error:
        return error
