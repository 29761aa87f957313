"""What the page asks of the retrievers, all of it in one thread.

torch is fastest when one thread of its own does all the inference, and with a single thread
nothing here needs a lock: opening, switching and searching simply queue.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zsbir.errors import ZSBIRError

if TYPE_CHECKING:
    from PIL.Image import Image

    from zsbir.retriever import Result, Retriever
    from zsbir.strokes import Drawing

WAITING = 64  # questions that may wait at once; each takes some ten milliseconds
BUSY = "Too many drawings are being searched for right now. Try again in a moment."
KEPT_OPEN = 3  # retrievers held in memory; visitors share them


@dataclass(frozen=True)
class Query:
    """One search as the page or the API asks for it; `category` None means all, or an assumed one."""

    drawing: Drawing | Image
    mode: str
    k: int
    category: str | None
    gallery: str
    checkpoint: str


@dataclass(frozen=True)
class Answer:
    """What came back, and the name of the method that ranked it."""

    result: Result
    method: str


class Service:
    """Opens retrievers when they are first asked for and searches them in one thread.

    Args:
        galleries: names to choose from; the page starts with the first.
        checkpoints: names to choose from; the page starts with the first.
        load: opens a retriever for (gallery, checkpoint); tests pass a fake.
    """

    def __init__(
        self, galleries: list[str], checkpoints: list[str], load: Callable[[str, str], Retriever]
    ) -> None:
        self.galleries = galleries
        self.checkpoints = checkpoints
        self._load = load
        self._open: OrderedDict[tuple[str, str], Retriever] = OrderedDict()
        self._photos: dict[str, dict[str, Path]] = {}
        self._categories: dict[str, list[str]] = {}
        self._waiting = 0
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="zsbir-inference")

    def open(self, gallery: str, checkpoint: str) -> Future[Retriever]:
        """Open a retriever in the inference thread; the future carries any ZSBIRError."""
        return self._thread.submit(self._retriever, gallery, checkpoint)

    def search(self, query: Query) -> Future[Answer]:
        """Search in the inference thread, after whatever is already queued there."""
        return self._thread.submit(self._answer, query)

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
            return await asyncio.wrap_future(self.search(query))
        finally:
            self._waiting -= 1

    def photo(self, gallery: str, photo_id: str) -> Path | None:
        """Where a photo lies, if its gallery is open and has it; anything else is not served."""
        return self._photos.get(gallery, {}).get(photo_id)

    def categories(self, gallery: str) -> list[str]:
        """The categories of a gallery that is open; none before."""
        return self._categories.get(gallery, [])

    def close(self) -> None:
        """Let the inference thread end."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _retriever(self, gallery: str, checkpoint: str) -> Retriever:
        key = (gallery, checkpoint)
        if key not in self._open:
            retriever = self._load(gallery, checkpoint)
            photos = retriever.gallery.photos
            self._photos[gallery] = {photo.id: retriever.gallery.path(photo) for photo in photos}
            self._categories[gallery] = list(retriever.gallery.categories)
            self._open[key] = retriever
        self._open.move_to_end(key)
        while len(self._open) > KEPT_OPEN:
            self._open.popitem(last=False)
        return self._open[key]

    def _answer(self, query: Query) -> Answer:
        retriever = self._retriever(query.gallery, query.checkpoint)
        result = retriever.retrieve(query.drawing, query.mode, query.k, query.category)
        return Answer(result, retriever.checkpoint.method.name)


def bundled(
    gallery: str | Path = "everyday", checkpoint: str | Path = "plain", *, device: str = "auto"
) -> Service:
    """The service over the galleries and checkpoints that lie beside the package; imports no torch yet.

    Args:
        gallery: name or folder; a folder is shown by its own name, so that no path reaches a visitor.
        checkpoint: name or folder, likewise.
        device: "auto", "cpu", "cuda" or "mps".
    """
    from zsbir.checkpoint import list_checkpoints
    from zsbir.gallery import list_galleries

    galleries = _by_name(gallery, list_galleries())
    checkpoints = _by_name(checkpoint, list_checkpoints())

    def load(gallery: str, checkpoint: str) -> Retriever:
        from zsbir.retriever import Retriever

        return Retriever.load(galleries[gallery], checkpoints[checkpoint], device=device)

    return Service(list(galleries), list(checkpoints), load)


def _by_name(first: str | Path, others: list[str]) -> dict[str, str]:
    """What is shown -> what is opened; the first wins over another of the same name."""
    path = Path(first).expanduser()
    shown = path.resolve().name if path.is_dir() else str(first)
    return {shown: str(first)} | {name: name for name in others if name != shown}
