"""A query vector in, the nearest photos out."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zsbir.errors import GalleryError, IndexMismatchError
from zsbir.index.engines import Engine, open_engine
from zsbir.index.milvus.address import read_address
from zsbir.index.ranking import Ranking
from zsbir.index.sidecar import (
    DIGITS,
    SIDECAR,
    VECTORS,
    Sidecar,
    check_photos,
    check_recipe,
    digest_contents,
    index_folder,
    rebuild_command,
    stamp_index,
)

if TYPE_CHECKING:
    from zsbir.checkpoint import Checkpoint
    from zsbir.gallery import Gallery, Photo


class PhotoIndex:
    """The vectors of a gallery's photos; safe to search from several threads.

    Args:
        engine: Compares their vectors with queries.
        photos: The photo of each of its vectors, in order.
        support: Category -> the photos that `Method.remember` has to be shown before anything is embedded
            under that category; empty for methods that need no support.
        support_keys: Photo id -> content key that each of these photos had when the index was built.
        digest: "sha256:..." of which photos were embedded by which weights; how the vectors are stored does
            not matter. "" if nobody knows.
    """

    def __init__(
        self,
        engine: Engine,
        photos: Iterable[Photo],
        support: Mapping[str, tuple[Photo, ...]] | None = None,
        support_keys: Mapping[str, str] | None = None,
        digest: str = "",
    ):
        self._engine = engine
        self.digest = digest
        self.photos = tuple(photos)
        self.support = dict(support or {})
        self.support_keys = dict(support_keys or {})
        positions: dict[str, list[int]] = {}
        for position, photo in enumerate(self.photos):
            positions.setdefault(photo.category, []).append(position)
        self._positions = {name: np.array(places, dtype=np.int64) for name, places in positions.items()}

    @classmethod
    def load(cls, gallery: Gallery, checkpoint: Checkpoint) -> PhotoIndex:
        """Open the index that a checkpoint made of a gallery; the photos are not opened.

        Raises:
            IndexMismatchError: The index was made by other weights or for other photos.
            GalleryError: There is none yet, or it is damaged. The sentence ends with the command that helps.
        """
        sidecar, engine = _open(gallery, checkpoint)
        support = {name: tuple(gallery.by_id[id] for id in ids) for name, ids in sidecar.support.items()}
        keys = {id: sidecar.photos[id][:DIGITS] for ids in sidecar.support.values() for id in ids}
        photos = (gallery.by_id[id] for id in sidecar.photos)
        return cls(engine, photos, support, keys, digest_contents(sidecar))

    def __len__(self) -> int:
        return len(self.photos)

    @property
    def approximate(self) -> bool:
        """Whether a search may miss photos that are among the nearest."""
        return self._engine.approximate

    @property
    def notes(self) -> list[str]:
        """What people should know about its answers: a few words each."""
        return self._engine.notes

    @property
    def address(self) -> str:
        """Where its vectors live; "" if on this machine."""
        return self._engine.address

    @property
    def categories(self) -> list[str]:
        """The categories that can be searched in, sorted."""
        return sorted(self._positions.keys() - {""})

    def place(self, photo_id: str) -> int:
        """Where a photo stands in the order of `photos`.

        Raises:
            GalleryError: It is not in the index.
        """
        if photo_id not in self._places:
            raise GalleryError(f"The index has no photo '{photo_id}'; choose one that a search has found.")
        return self._places[photo_id]

    def places(self, category: str | None = None) -> NDArray[np.int64]:
        """Where the photos of a category stand, rising; None means all photos.

        Raises:
            GalleryError: No indexed photo has the category.
        """
        if category is None:
            return np.arange(len(self.photos), dtype=np.int64)
        if category not in self._positions:
            raise GalleryError(f"The gallery has no photos of the category '{category}'; choose another.")
        return self._positions[category]

    def vectors(self, places: NDArray[np.int64]) -> NDArray[np.float32]:
        """The vectors of the photos at some places: (n, dim) float32, unit rows."""
        return self._engine.vectors(places)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {photo.id: place for place, photo in enumerate(self.photos)}

    def search(self, vector: NDArray[np.float32], k: int, category: str | None = None) -> Ranking:
        """Rank the photos by their cosine with a query.

        Args:
            vector: (dim,) float32, unit length.
            k: How many photos to return at most, at least 1.
            category: Rank only the photos of this category; None ranks all.

        Raises:
            GalleryError: No indexed photo has the category.
        """
        places = None if category is None else self.places(category)
        searched = len(self.photos) if places is None else len(places)
        query = np.ascontiguousarray(vector, dtype=np.float32)
        if not np.isfinite(query).all():
            return Ranking((), (), searched)
        found, scores = self._engine.rank(query, min(k, searched), category, places)
        return Ranking(tuple(self.photos[place] for place in found), tuple(map(float, scores)), searched)


def read_sidecar(folder: Path, gallery: Gallery, checkpoint: Checkpoint) -> Sidecar:
    """Read what an index tells about itself, and refuse one that is not of this checkpoint and these photos.

    Raises:
        IndexMismatchError: It was made by other weights or for other photos, or is damaged.
        GalleryError: There is none yet.
    """
    command = rebuild_command(gallery, checkpoint)
    if not (folder / SIDECAR).is_file() and not (folder / VECTORS).is_file():
        raise GalleryError(
            f"Gallery '{gallery.name}' has no index for checkpoint '{checkpoint.name}' yet. "
            f"Build it with: {command}"
        )
    with _refusing(folder / SIDECAR, command):
        sidecar = Sidecar.from_bytes((folder / SIDECAR).read_bytes())
    check_recipe(sidecar, gallery, checkpoint)
    check_photos(sidecar, gallery, checkpoint)
    return sidecar


def _open(gallery: Gallery, checkpoint: Checkpoint) -> tuple[Sidecar, Engine]:
    """Open an index; once more where another process has written it anew in the middle."""
    while True:
        folder, stamp = index_folder(gallery, checkpoint), stamp_index(gallery, checkpoint)
        try:
            sidecar = read_sidecar(folder, gallery, checkpoint)
            engine = _open_engine(folder, sidecar, gallery, checkpoint)
        except IndexMismatchError:
            if stamp_index(gallery, checkpoint) == stamp:
                raise
        else:
            # Of large ones only samples were compared, which old and new vectors may have alike.
            if stamp_index(gallery, checkpoint) == stamp:
                return sidecar, engine


def _open_engine(folder: Path, sidecar: Sidecar, gallery: Gallery, checkpoint: Checkpoint) -> Engine:
    command = rebuild_command(gallery, checkpoint)
    address = read_address(folder)
    if address is None or not address.complete:
        with _refusing(folder / VECTORS, command):
            return open_engine(folder, sidecar, command)
    from zsbir.index.milvus.engine import open_milvus

    return open_milvus(address, sidecar, gallery, checkpoint)


@contextlib.contextmanager
def _refusing(path: Path, command: str) -> Iterator[None]:
    """Turn what is wrong with a file into the sentence that helps."""
    try:
        yield
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise IndexMismatchError(f"Cannot use {path} ({reason}). Rebuild it with: {command}") from error
