"""What compares a query with the vectors of an index: faiss on this machine."""

from __future__ import annotations

import logging
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import faiss
import numpy as np
from numpy.typing import NDArray

from zsbir.index.approximate import is_exact, near, open_lists
from zsbir.index.pair import open_vectors

if TYPE_CHECKING:
    from zsbir.index.sidecar import Sidecar

log = logging.getLogger(__name__)

APPROXIMATELY = "found approximately"

Found = tuple["NDArray[np.int64]", "NDArray[np.float32]"]
"""(m,) places of photos and (m,) their cosines with the query, best first."""


def _start() -> None:
    # faiss's threads and torch's fight for the cores: a search among 10,000 photos takes 0.9 ms on one thread
    # and 3 to 28 ms on two. The setting belongs to the thread that makes it; torch's own threads keep theirs.
    global _thread
    _thread = ThreadPoolExecutor(1, "zsbir-search", initializer=lambda: faiss.omp_set_num_threads(1))


_start()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start)  # for the same reason as in `zsbir.inference`


class Engine(Protocol):
    """Where the vectors of an index live; safe to use from several threads.

    Attributes:
        approximate: Whether a search may miss photos that an exact one finds.
        notes: What people should know about the answers, a few words each.
        address: Where the vectors live; "" if on this machine.
    """

    approximate: bool
    notes: list[str]
    address: str

    def rank(
        self, query: NDArray[np.float32], k: int, category: str | None, places: NDArray[np.int64] | None
    ) -> Found:
        """Find the nearest photos.

        Args:
            query: (dim,) float32, unit length and finite.
            k: How many at most, at least 1 and no more than are searched.
            category: Search only this category; None searches all.
            places: Where its photos stand; None where `category` is.
        """

    def vectors(self, places: NDArray[np.int64]) -> NDArray[np.float32]:
        """The vectors of the photos at some places: (n, dim) float32, unit rows."""


class ExactEngine:
    """Compares the query with every vector.

    Args:
        flat: An inner-product index, in memory or mapped.
    """

    approximate = False
    address = ""

    def __init__(self, flat: faiss.Index):
        self.flat = flat
        self.notes: list[str] = []

    def rank(
        self, query: NDArray[np.float32], k: int, category: str | None, places: NDArray[np.int64] | None
    ) -> Found:
        """See `Engine`."""
        return _thread.submit(rank_exactly, self.flat, query, k, places).result()

    def vectors(self, places: NDArray[np.int64]) -> NDArray[np.float32]:
        """See `Engine`."""
        return self.flat.reconstruct_batch(np.ascontiguousarray(places, dtype=np.int64))


def rank_exactly(
    flat: faiss.Index, query: NDArray[np.float32], k: int, places: NDArray[np.int64] | None
) -> Found:
    """Compare a (dim,) query with all vectors of an index, or with those at (n,) places alone."""
    parameters = None
    if places is not None:
        chosen = np.ascontiguousarray(places, dtype=np.int64)
        parameters = faiss.SearchParameters(sel=faiss.IDSelectorArray(chosen))
    scores, found = flat.search(query[None], k, params=parameters)
    return found[0], scores[0]


class ApproximateEngine(ExactEngine):
    """Compares the query with the likeliest vectors; with all of them inside a category that is small enough.

    Args:
        flat: As in `ExactEngine`.
        lists: Tells the likeliest; see `zsbir.index.approximate`.
    """

    approximate = True

    def __init__(self, flat: faiss.Index, lists: faiss.IndexIVF):
        super().__init__(flat)
        self.notes = [APPROXIMATELY]
        self._lists = lists

    def rank(
        self, query: NDArray[np.float32], k: int, category: str | None, places: NDArray[np.int64] | None
    ) -> Found:
        """See `Engine`."""
        return _thread.submit(self._rank, query, k, places).result()

    def _rank(self, query: NDArray[np.float32], k: int, places: NDArray[np.int64] | None) -> Found:
        if places is not None and is_exact(len(places)):
            return rank_exactly(self.flat, query, k, places)
        selector = None if places is None else _select(places, self.flat.ntotal)
        likely = near(self._lists, query[None], k, selector)[0]
        likely = likely[likely >= 0]
        return rank_exactly(self.flat, query, k, likely if len(likely) >= k else places)


def open_engine(folder: Path, sidecar: Sidecar, command: str) -> Engine:
    """Open the vectors beside a sidecar; without a usable approximate file every search is exact, and slow.

    Raises:
        OSError: They cannot be read.
        ValueError: They are not those that the sidecar was written for.
    """
    flat = open_vectors(folder, sidecar)
    try:
        lists = open_lists(folder, sidecar)
        return ExactEngine(flat) if lists is None else ApproximateEngine(flat, lists)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        log.warning(
            "Searches are slow: the approximate file in %s cannot be used (%s). Write it again with: %s",
            folder,
            reason,
            command,
        )
        return ExactEngine(flat)


def _select(places: NDArray[np.int64], count: int) -> faiss.IDSelector:
    chosen = np.zeros(count, dtype=bool)
    chosen[places] = True
    return faiss.IDSelectorBitmap(np.packbits(chosen, bitorder="little"))
