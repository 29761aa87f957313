"""A query vector in, the nearest photos out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TYPE_CHECKING

import faiss
import numpy as np
from numpy.typing import NDArray

from zsbir.errors import GalleryError, IndexMismatchError
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
)
from zsbir.index.vectors import unpack

if TYPE_CHECKING:
    from zsbir.checkpoint import Checkpoint
    from zsbir.gallery import Gallery, Photo

# faiss's threads and torch's fight for the cores: a search among 10,000 photos takes 0.9 ms on one thread and
# 3 to 28 ms on two. The setting belongs to the thread that makes it, so torch's own threads keep theirs.
_SEARCHER = ThreadPoolExecutor(1, "zsbir-search", initializer=lambda: faiss.omp_set_num_threads(1))


class PhotoIndex:
    """The vectors of a gallery's photos; safe to search from several threads.

    Args:
        index: An exact inner-product index.
        photos: The photo of each of its vectors, in order.
        support: Category -> the photos that `Method.remember` has to be shown before anything is embedded
            under that category; empty for methods that need no support.
        support_keys: Photo id -> content key that each of these photos had when the index was built.
        digest: "sha256:..." of which photos were embedded by which weights; how the vectors are stored does
            not matter. "" if nobody knows.
    """

    def __init__(
        self,
        index: faiss.Index,
        photos: Iterable[Photo],
        support: Mapping[str, tuple[Photo, ...]] | None = None,
        support_keys: Mapping[str, str] | None = None,
        digest: str = "",
    ):
        self._index = index
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
        folder = index_folder(gallery, checkpoint)
        command = rebuild_command(gallery, checkpoint)
        if not (folder / SIDECAR).is_file() and not (folder / VECTORS).is_file():
            raise GalleryError(
                f"Gallery '{gallery.name}' has no index for checkpoint '{checkpoint.name}' yet. "
                f"Build it with: {command}"
            )
        path = folder / SIDECAR
        try:
            sidecar = Sidecar.from_bytes(path.read_bytes())
            check_recipe(sidecar, gallery, checkpoint)
            check_photos(sidecar, gallery, checkpoint)
            path = folder / VECTORS
            index = unpack(path, sidecar)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise IndexMismatchError(f"Cannot use {path} ({reason}). Rebuild it with: {command}") from error
        support = {name: tuple(gallery.by_id[id] for id in ids) for name, ids in sidecar.support.items()}
        keys = {id: sidecar.photos[id][:DIGITS] for ids in sidecar.support.values() for id in ids}
        photos = (gallery.by_id[id] for id in sidecar.photos)
        return cls(index, photos, support, keys, digest_contents(sidecar))

    def __len__(self) -> int:
        return len(self.photos)

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
        return self._index.reconstruct_batch(np.ascontiguousarray(places, dtype=np.int64))

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
        parameters, searched = None, len(self.photos)
        if category is not None:
            places = self.places(category)
            parameters, searched = faiss.SearchParameters(sel=faiss.IDSelectorBatch(places)), len(places)
        query = np.ascontiguousarray(vector, dtype=np.float32)[None]
        ranking = _SEARCHER.submit(self._index.search, query, min(k, searched), params=parameters)
        scores, places = ranking.result()
        # faiss pads with -1 where it finds nothing, as for a vector that is not finite.
        found = [
            (self.photos[place], float(score))
            for place, score in zip(places[0], scores[0], strict=True)
            if place >= 0
        ]
        return Ranking(tuple(photo for photo, _ in found), tuple(score for _, score in found), searched)
