"""The file `photos.approximate.faiss`: which photos are near a query, without looking at all of them.

It holds one bit for each number of a vector, in lists of photos that are alike (faiss's IVF with RaBitQ). A
search reads the lists nearest to the query, and compares the best candidates exactly, by `photos.faiss`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import faiss
import numpy as np
from numpy.typing import NDArray

from zsbir.gallery.atomic import writing_to
from zsbir.index.sidecar import APPROXIMATE
from zsbir.index.vectors import CHUNK, DAMAGED, digest, digest_file, open_mapped, sample, sample_file

if TYPE_CHECKING:
    from zsbir.index.sidecar import Sidecar

log = logging.getLogger(__name__)

Rows = Sequence["NDArray[np.float32]"]
"""n unit rows of (dim,) float32, or one array (n, dim)."""

LISTS, DESCRIPTION = APPROXIMATE
EXACT_UP_TO = 200_000  # photos; up to here every search is exact
ENOUGH = 0.95  # of what an exact search finds; where lists find less, the search stays exact
PROBED = 16  # one list in so many is read
CANDIDATES = 10  # photos compared exactly for each that is asked for, and no fewer than
LEAST = 240
A_LIST = 40  # vectors that a list learns its place from
ROUNDS = 10  # of learning; more gain nothing that could be measured
TRIALS, NEAREST = 64, 24  # queries that the recall is measured with, and photos that each should find


@dataclass(frozen=True, kw_only=True)
class Description:
    """The contents of `photos.approximate.json`.

    Attributes:
        vectors: Digest of the `photos.faiss` that the approximate file was made of.
        recall: Share of the nearest photos that it finds; see `measure_recall`.
        type: Its kind, as faiss's `index_factory` writes it; "" if it found too little and was not kept.
        digest: Of the approximate file, "sha256:...".
        sample: Of pieces of it; see `zsbir.index.vectors.sample`.
    """

    vectors: str
    recall: float
    type: str = ""
    digest: str = ""
    sample: str = ""

    @classmethod
    def read(cls, folder: Path) -> Description:
        """Read what an index tells about its approximate file.

        Raises:
            OSError: It cannot be read.
            ValueError: It is no such file.
        """
        try:
            return cls(**json.loads((folder / DESCRIPTION).read_bytes()))
        except TypeError as error:
            raise ValueError("its fields are not those of an approximate file") from error


def is_exact(count: int) -> bool:
    """Whether a search among so many photos always looks at all of them."""
    return count <= EXACT_UP_TO


def approximate_files(vectors: Rows, made_of: str, folder: Path) -> dict[Path, bytes | list[bytes]]:
    """Make what lets vectors be searched approximately, if they are so many that it pays.

    Args:
        vectors: In the order of `photos.faiss`.
        made_of: Digest of `photos.faiss`.
        folder: Where the index lies.

    Returns:
        The files to write; none if the right ones are there, or if every search stays exact.
    """
    if is_exact(len(vectors)) or belongs_to(folder, made_of):
        return {}
    index = learn(vectors, lists_for(len(vectors)))
    recall = round(measure_recall(index, vectors), 4)
    if recall < ENOUGH:
        log.warning("Searches stay exact, and slow: an approximate one finds only %.0f %%.", 100 * recall)
        return {folder / DESCRIPTION: _to_bytes(Description(vectors=made_of, recall=recall))}
    content = faiss.serialize_index(index).tobytes()
    told = Description(
        vectors=made_of,
        recall=recall,
        type=f"IVF{index.nlist},RaBitQ",
        digest=digest([content]),
        sample=sample(len(content), lambda start, stop: content[start:stop]),
    )
    return {folder / LISTS: content, folder / DESCRIPTION: _to_bytes(told)}


def belongs_to(folder: Path, vectors: str) -> bool:
    """Whether there is a whole approximate file, made of the vectors of this digest.

    Where one was not kept because it found too little, what says so counts as well.
    """
    try:
        told = Description.read(folder)
        return told.vectors == vectors and (not told.type or digest_file(folder / LISTS) == told.digest)
    except (OSError, ValueError):
        return False


def remove_approximate_files(folder: Path) -> None:
    """Delete what a gallery had that was larger once.

    Raises:
        GalleryError: It cannot be deleted.
    """
    with writing_to(folder):
        for name in (DESCRIPTION, LISTS):
            (folder / name).unlink(missing_ok=True)


def open_lists(folder: Path, sidecar: Sidecar) -> faiss.IndexIVF | None:
    """Map the approximate file that belongs to a sidecar; None where every search is exact.

    Raises:
        OSError: It cannot be read.
        ValueError: It was made of other vectors, or is damaged.
    """
    if is_exact(len(sidecar.photos)):
        return None
    told = Description.read(folder)
    if told.vectors != sidecar.vectors:
        raise ValueError("it was made of other vectors")
    if not told.type:
        return None
    if sample_file(folder / LISTS) != told.sample:
        raise ValueError(DAMAGED)
    return open_mapped(folder / LISTS)


def lists_for(count: int) -> int:
    """How many lists suit so many photos: about 2 sqrt(n), so that lists are neither many nor long."""
    return 2 ** round(np.log2(2 * np.sqrt(count)))


def learn(vectors: Rows, lists: int) -> faiss.IndexIVF:
    """Sort vectors into so many lists of such as are alike."""
    index = faiss.index_factory(len(vectors[0]), f"IVF{lists},RaBitQ", faiss.METRIC_INNER_PRODUCT)
    index.cp.niter = ROUNDS
    chosen = np.random.default_rng(0).permutation(len(vectors))[: A_LIST * lists]
    index.train(np.stack([vectors[place] for place in np.sort(chosen)]))
    for block in _blocks(vectors):
        index.add(block)
    return index


def near(
    index: faiss.IndexIVF, queries: NDArray[np.float32], k: int, selector: faiss.IDSelector | None = None
) -> NDArray[np.int64]:
    """Places of candidates for the k nearest of each of (m, dim) queries: (m, c), -1 where there are none."""
    parameters = faiss.IVFRaBitQSearchParameters(nprobe=max(index.nlist // PROBED, 1), sel=selector)
    return index.search(queries, max(CANDIDATES * k, LEAST), params=parameters)[1]


def measure_recall(index: faiss.IndexIVF, vectors: Rows) -> float:
    """The share of the 24 nearest photos that are among the candidates of 64 queries.

    The queries lie halfway between two photos: about as far from the nearest photo as a sketch does.
    """
    drawn = np.random.default_rng(1).integers(len(vectors), size=(2, TRIALS))
    ends = [np.stack([vectors[place] for place in row]) for row in drawn]
    queries = np.sum(ends, axis=0)
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    nearest = faiss.ResultHeap(TRIALS, NEAREST, keep_max=True)
    start = 0
    for block in _blocks(vectors):
        found = faiss.knn(queries, block, min(NEAREST, len(block)), metric=faiss.METRIC_INNER_PRODUCT)
        nearest.add_result(found[0], found[1] + start)
        start += len(block)
    nearest.finalize()
    candidates = near(index, queries, NEAREST)
    shares = [np.isin(right, seen).mean() for right, seen in zip(nearest.I, candidates, strict=True)]
    return float(np.mean(shares))


def _blocks(vectors: Rows) -> Iterator[NDArray[np.float32]]:
    """Some megabytes of vectors at a time."""
    step = max(CHUNK // (4 * len(vectors[0])), 1)
    for start in range(0, len(vectors), step):
        yield np.stack(vectors[start : start + step])


def _to_bytes(description: Description) -> bytes:
    return (json.dumps(asdict(description), indent=1) + "\n").encode()
