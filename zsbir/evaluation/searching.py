"""How long a search among many photos takes, how much it reads, and what an approximate one finds.

Photos are drawn around those of a gallery: each is one of its vectors with noise of the gallery's own spread
(its covariance), so that they lie in the clusters and directions that real photos lie in. Sketches are real
where a dataset of them is named; else queries lie halfway between two photos.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from zsbir.index.approximate import (
    CANDIDATES,
    LEAST,
    LISTS,
    PROBED,
    is_exact,
    learn,
    lists_for,
)
from zsbir.index.engines import ApproximateEngine, Engine, ExactEngine
from zsbir.index.sidecar import VECTORS
from zsbir.index.vectors import Packed, open_mapped

NEAREST = 24  # photos, as the page shows
BLOCK = 1 << 15  # vectors that are drawn together
WARMING = 3  # queries before those that count


@dataclass(frozen=True)
class Row:
    """One way to search among so many photos.

    Attributes:
        photos: How many.
        search: "exact" or "approximate".
        chosen: Whether a gallery of this size is searched so.
        median: Milliseconds.
        p95: Milliseconds that 95 of 100 searches stay below.
        ratio: Median over that of an exact search in the same run.
        recall: Share of the 24 nearest photos that it finds; the mean over queries.
        worst: The same of the query that found least.
        file: Megabytes on disk of what only this search needs.
        read: Megabytes that one search looks at, by arithmetic: these should be in memory, or be fetched.
        opened: Milliseconds until the first search could begin.
        built: Seconds that making the file took.
    """

    photos: int
    search: str
    chosen: bool
    median: float
    p95: float
    ratio: float
    recall: float
    worst: float
    file: float
    read: float
    opened: float
    built: float


def draw_photos(
    gallery: NDArray[np.float32], count: int, noise: float, out: NDArray[np.float32], seed: int = 0
) -> None:
    """Fill (count, dim) with unit rows around a gallery's.

    Args:
        gallery: (n, dim) unit rows.
        count: How many to draw.
        noise: Spread of the noise over that of the gallery; infinite for directions at random.
        out: Where they go.
        seed: Draws the same again.
    """
    draw = np.random.default_rng(seed)
    spread = _root_of_covariance(gallery)
    for start in range(0, count, BLOCK):
        size = min(BLOCK, count - start)
        rows = draw.standard_normal((size, gallery.shape[1]), dtype=np.float32)
        if np.isfinite(noise):
            rows = gallery[draw.integers(len(gallery), size=size)] + noise * (rows @ spread)
        out[start : start + size] = rows / np.linalg.norm(rows, axis=1, keepdims=True)


def measure(
    gallery: NDArray[np.float32], queries: NDArray[np.float32], count: int, noise: float
) -> list[Row]:
    """Search among drawn photos exactly and approximately, in turn, so that both see the same machine.

    Args:
        gallery: (n, dim) unit rows to draw around.
        queries: (m, dim) unit rows.
        count: How many photos to draw; they need 8 count dim bytes of disk.
        noise: See `draw_photos`.
    """
    with tempfile.TemporaryDirectory(prefix="zsbir-") as place:
        folder = Path(place)
        built = _write(gallery, count, noise, folder)
        opened, engines = {}, {}
        for name, opening in OPENINGS.items():
            start = time.perf_counter()
            engines[name] = opening(folder)
            opened[name] = 1000 * (time.perf_counter() - start)
        _compare(engines, queries[:WARMING])
        times, shares = _compare(engines, queries)
        read = {name: _read_by_one(name, folder, gallery.shape[1]) for name in OPENINGS}
        size = {name: (folder / file).stat().st_size / 1e6 for name, file in FILES.items()}
    exact = float(np.median(times["exact"]))
    return [
        Row(
            photos=count,
            search=name,
            chosen=(name == "exact") == is_exact(count),
            median=float(np.median(times[name])),
            p95=float(np.percentile(times[name], 95)),
            ratio=float(np.median(times[name])) / exact,
            recall=float(np.mean(shares[name])),
            worst=float(np.min(shares[name])),
            file=size[name],
            read=read[name],
            opened=opened[name],
            built=built[name],
        )
        for name in OPENINGS
    ]


def _write(gallery: NDArray[np.float32], count: int, noise: float, folder: Path) -> dict[str, float]:
    """Write both files as an index has them; return how many seconds each took."""
    shape = (count, gallery.shape[1])
    rows = np.lib.format.open_memmap(folder / "rows.npy", mode="w+", dtype=np.float32, shape=shape)
    draw_photos(gallery, count, noise, rows)
    start = time.perf_counter()
    with open(folder / VECTORS, "wb") as file:
        file.writelines(Packed(rows))
    middle = time.perf_counter()
    faiss.write_index(learn(rows, lists_for(count)), str(folder / LISTS))
    built = {"exact": middle - start, "approximate": time.perf_counter() - middle}
    del rows
    (folder / "rows.npy").unlink()
    return built


def _compare(
    engines: dict[str, Engine], queries: NDArray[np.float32]
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Milliseconds of every search, and the share of the nearest photos that it found."""
    times: dict[str, list[float]] = {name: [] for name in engines}
    shares: dict[str, list[float]] = {name: [] for name in engines}
    for query in queries:
        found = {}
        for name, engine in engines.items():
            start = time.perf_counter()
            found[name] = _rank(engine, query)
            times[name].append(1000 * (time.perf_counter() - start))
        for name, places in found.items():
            shares[name].append(len(places & found["exact"]) / len(found["exact"]))
    return times, shares


def _rank(engine: Engine, query: NDArray[np.float32]) -> set[int]:
    return set(engine.rank(query, NEAREST, None, None)[0].tolist())


def _read_by_one(name: str, folder: Path, dimension: int) -> float:
    """Megabytes that one search looks at: all vectors; or its lists, and the vectors of the candidates."""
    size = (folder / FILES[name]).stat().st_size / 1e6
    candidates = max(CANDIDATES * NEAREST, LEAST) * 4 * dimension / 1e6
    return size if name == "exact" else size / PROBED + candidates


def _root_of_covariance(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """(dim, dim): normal numbers times it are spread as the rows are."""
    values, directions = np.linalg.eigh(np.cov(rows, rowvar=False))
    return (directions * np.sqrt(np.maximum(values, 0))).T.astype(np.float32)


def _open_exactly(folder: Path) -> Engine:
    return ExactEngine(open_mapped(folder / VECTORS))


def _open_approximately(folder: Path) -> Engine:
    return ApproximateEngine(open_mapped(folder / VECTORS), open_mapped(folder / LISTS))


OPENINGS: dict[str, Callable[[Path], Engine]] = {
    "exact": _open_exactly,
    "approximate": _open_approximately,
}
FILES = {"exact": VECTORS, "approximate": LISTS}
