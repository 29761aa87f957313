"""What the page asks of the retrievers, all of it in the inference thread: nothing here needs a lock."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from zsbir.errors import ZSBIRError
from zsbir.explain.seen import category_statuses
from zsbir.families import Choice, choose, default_family, families_of, family_of, readable
from zsbir.inference import submit
from zsbir.progress import watched
from zsbir.zerogpu import ON_ZEROGPU

T = TypeVar("T")

if TYPE_CHECKING:
    from PIL.Image import Image

    from zsbir.hits import Result
    from zsbir.retriever import Retriever
    from zsbir.strokes import Drawing

EXPLAINING = 16  # explanations that are worked out or wait at once; some take a second
WAITING = 64  # questions that may wait at once; each takes some ten milliseconds
BUSY = "Too many drawings are being searched for right now. Try again in a moment."
# Retrievers held in memory, for all visitors: every bundled checkpoint of two galleries. They share their
# backbones, so that each costs its vectors and what its method learnt.
KEPT_OPEN = 16


@dataclass(frozen=True)
class Query:
    """One search as the page or the API asks for it.

    Attributes:
        drawing: Strokes, or a picture of a sketch.
        mode: "category" or "fine-grained".
        k: How many photos at most.
        category: None for all, or in fine-grained mode for an assumed one.
        gallery: One of the service's.
        checkpoint: A family, whose checkpoint of the mode is taken, or one checkpoint.
    """

    drawing: Drawing | Image
    mode: str
    k: int
    category: str | None
    gallery: str
    checkpoint: str


@dataclass(frozen=True)
class Answer:
    """What came back, and who ranked it.

    Attributes:
        result: The photos.
        checkpoint: The checkpoint that ranked them.
        method: Its method.
        by: The method in words for people.
        note: One sentence if another family was asked for; else "".
        statuses: Category of a photo -> whether the checkpoint learnt from it; see `zsbir.explain.seen`.
    """

    result: Result
    checkpoint: str
    method: str
    by: str
    note: str
    statuses: dict[str, str]


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
        return submit(self._answer, query)

    async def ask(self, prepare: Callable[[], Query]) -> Answer:
        """Read a question beside the event loop, then search for it; for handlers of one event loop.

        Args:
            prepare: decodes what was sent, which may take a while.

        Raises:
            ZSBIRError: too many questions wait already, or `prepare` or the search refuses this one.
        """
        if self._waiting >= WAITING:
            raise ZSBIRError(BUSY)
        self._waiting += 1
        try:
            query = await asyncio.to_thread(prepare)
            if ON_ZEROGPU:  # who waits for a GPU keeps nobody else waiting, and asks in their own name
                choice, retriever = await asyncio.wrap_future(submit(self._opened, query))
                return await asyncio.to_thread(self._rank, query, choice, retriever)
            return await asyncio.wrap_future(self.search(query))
        finally:
            self._waiting -= 1

    async def opened(self, gallery: str, checkpoint: str, mode: str) -> Retriever:
        """Open as `open` does, for handlers that ask a retriever more than a search.

        Raises:
            ZSBIRError: the gallery or the checkpoint cannot be opened.
        """
        if gallery not in self.galleries:
            raise ZSBIRError(f"There is no gallery {gallery[:80]!r} here. Choose another one.")
        return await asyncio.wrap_future(self.open(gallery, checkpoint, mode))

    async def explain(self, work: Callable[[], T]) -> T:
        """Work out an explanation beside the event loop; what it asks of a model queues with the searches.

        Raises:
            ZSBIRError: too many wait already, or `work` raises it.
        """
        if self._explaining >= EXPLAINING:
            raise ZSBIRError(BUSY)
        self._explaining += 1
        try:
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

    def _answer(self, query: Query) -> Answer:
        return self._rank(query, *self._opened(query))

    def _opened(self, query: Query) -> tuple[Choice, Retriever]:
        choice = choose(query.checkpoint, query.mode, self.checkpoints)
        return choice, self.retriever(query.gallery, choice.checkpoint)

    def _rank(self, query: Query, choice: Choice, retriever: Retriever) -> Answer:
        result = retriever.retrieve(query.drawing, query.mode, query.k, query.category)
        method, by = retriever.checkpoint.method.name, readable(family_of(choice.checkpoint))
        found = {hit.category for hit in result.hits if hit.category}
        statuses = category_statuses(retriever.checkpoint, found)
        return Answer(result, choice.checkpoint, method, by, choice.note, statuses)


def bundled(
    gallery: str | Path = "everyday", checkpoint: str | Path | None = None, *, device: str = "auto"
) -> Service:
    """The service over the galleries and checkpoints that lie beside the package; imports no torch yet.

    Args:
        gallery: name or folder; a folder is shown by its own name, so that no path reaches a visitor.
        checkpoint: family, name, folder or Hub repository, likewise; None is the best family that the gallery
            is indexed for. What is named here is indexed if it has not been yet.
        device: "auto", "cpu", "cuda" or "mps".
    """
    from zsbir.checkpoint import list_checkpoints
    from zsbir.gallery import indexed_checkpoints, list_galleries

    def offered() -> dict[str, str]:
        return _by_name(gallery, list_galleries())

    names = list_checkpoints()
    family = checkpoint or default_family(names, indexed_checkpoints(gallery))
    checkpoints = {name: name for name in names}
    if family not in families_of(names):
        checkpoints = _by_name(family, names)
        family = family_of(next(iter(checkpoints)))

    def load(gallery: str, checkpoint: str) -> Retriever:
        from zsbir.lent import open_retriever

        return open_retriever(
            offered().get(gallery, gallery),
            checkpoints[checkpoint],
            device,
            open_guide=lambda name: service.retriever(gallery, name),
            # For what was named at the start alone: a visitor's choice shall not keep the others waiting.
            build=gallery == service.galleries[0] and family_of(checkpoint) == service.family,
        )

    def stamp(retriever: Retriever) -> object:
        from zsbir.index.sidecar import stamp_index

        return stamp_index(retriever.gallery, retriever.checkpoint)

    service = Service(lambda: list(offered()), list(checkpoints), load, str(family), stamp)
    return service


def _by_name(first: str | Path, others: list[str]) -> dict[str, str]:
    """What is shown -> what is opened; the first wins over another of the same name."""
    path = Path(first).expanduser()
    shown = path.resolve().name if path.is_dir() else str(first)
    if shown.startswith("hf://datasets/"):  # a gallery's name stands in the addresses of its photos
        shown = shown.partition("@")[0].rpartition("/")[2]
    return {shown: str(first)} | {name: name for name in others if name != shown}
