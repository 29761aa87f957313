"""Pictures through a method: read in threads a little ahead of it, embedded in batches."""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping, Sized
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from zsbir.errors import CheckpointError

if TYPE_CHECKING:
    from torch import Tensor

    from zsbir.methods.base import Method

log = logging.getLogger(__name__)

BATCH = 32
WORKERS = min(8, os.cpu_count() or 1)  # reading releases the GIL; more threads only wait for the model
AHEAD = 2  # batches read before the model asks for them; 64 pictures are about 40 MB


class Loaded(Protocol):
    """What reading one picture gave."""

    @property
    def pixels(self) -> Tensor | None:
        """The picture, (1, 3, side, side) float32; None if there is nothing to embed."""


Source = TypeVar("Source")
Read = TypeVar("Read", bound=Loaded)
Embed = Callable[["Tensor"], "Tensor"]


def embed_pictures(
    sources: Iterable[Source], load: Callable[[Source], Read], embed: Embed, batch: int = BATCH
) -> Generator[tuple[Read, NDArray[np.float32] | None], None, None]:
    """Yield everything read with its vector; what has no pixels comes at once, with None.

    Args:
        sources: What to read.
        load: Reads one of them; called in several threads.
        embed: `embed_photos` or `embed_sketches` of a method, with its category bound.
        batch: Pictures that go through the model together.

    Raises:
        CheckpointError: The embeddings are not finite.
    """
    for done in embed_batches(sources, load, embed, batch):
        yield from done


def embed_batches(
    sources: Iterable[Source],
    load: Callable[[Source], Read],
    embed: Embed,
    batch: int = BATCH,
    block: int | None = None,
) -> Generator[list[tuple[Read, NDArray[np.float32] | None]], None, None]:
    """As `embed_pictures`, but what went through the model together is yielded together.

    Args:
        sources: What to read.
        load: Reads one of them; called in several threads.
        embed: `embed_photos` or `embed_sketches` of a method, with its category bound.
        batch: Pictures that go through the model together.
        block: After so many sources a batch ends, full or not, so that what is in it does not depend on
            what was read before the block.

    Raises:
        CheckpointError: The embeddings are not finite.
    """
    waiting: list[Read] = []
    with contextlib.closing(_read_ahead(sources, load, AHEAD * batch)) as stream:
        for count, loaded in enumerate(stream, start=1):
            if loaded.pixels is None:
                yield [(loaded, None)]
            else:
                waiting.append(loaded)
            if waiting and (len(waiting) == batch or (block and count % block == 0)):
                yield _embed(waiting, embed)
                waiting = []
    if waiting:
        yield _embed(waiting, embed)


def teach(method: Method, category: str, pictures: Iterable[Read]) -> list[Read]:
    """Let a method remember a category from the first pictures that have pixels.

    Args:
        method: Wants `method.support` of them; fewer do, where there are no more.
        category: Its canonical name.
        pictures: Photos of the category in a fixed order; read no further than needed.

    Returns:
        What it was shown; empty if nothing had pixels, and the category is not known then.
    """
    import torch

    usable = (picture for picture in pictures if picture.pixels is not None)
    shown = list(itertools.islice(usable, method.support))
    if shown:
        method.remember(category, torch.cat([picture.pixels for picture in shown]))
    return shown


def warn_of_small_categories(method: Method, support: Mapping[str, Sized]) -> None:
    """Log which categories had fewer photos than a method looks at; a single one serves as well as it can.

    Args:
        method: Wants `method.support` photos of a category.
        support: What `teach` showed of each category.
    """
    small = sorted(category for category, shown in support.items() if len(shown) < method.support)
    if small:
        log.warning(
            "%s looks at %d photos of a category to learn it; these have fewer, and are served by what there "
            "is: %s.",
            method.name,
            method.support,
            ", ".join(small),
        )


def _read_ahead(
    sources: Iterable[Source], load: Callable[[Source], Read], ahead: int
) -> Generator[Read, None, None]:
    """Yield in order what is read, so many pictures before they are asked for."""
    pool = ThreadPoolExecutor(WORKERS, "zsbir-read")
    pending: deque[Future[Read]] = deque()
    try:
        for source in sources:
            pending.append(pool.submit(load, source))
            if len(pending) > ahead:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _embed(waiting: list[Read], embed: Embed) -> list[tuple[Read, NDArray[np.float32]]]:
    import torch

    with torch.inference_mode():
        vectors = embed(torch.cat([loaded.pixels for loaded in waiting])).float().cpu().numpy()
    if not np.isfinite(vectors).all():
        raise CheckpointError("The checkpoint gives embeddings that are not finite; train or fetch it again.")
    return list(zip(waiting, vectors, strict=True))
