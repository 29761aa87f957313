"""Milvus as the engine of an index: the photos stay in the gallery's table, their vectors do not."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zsbir.errors import GalleryError, IndexMismatchError
from zsbir.index.engines import APPROXIMATELY, Found
from zsbir.index.milvus.collection import EXACT, PROBED, Collection, State, row_bucket, row_key
from zsbir.index.milvus.server import Server
from zsbir.index.sidecar import digest_contents, rebuild_command, recipe

if TYPE_CHECKING:
    from zsbir.checkpoint import Checkpoint
    from zsbir.gallery import Gallery
    from zsbir.index.milvus.address import Address
    from zsbir.index.sidecar import Sidecar

FETCHED = 1024  # vectors that are asked for together
UNDER_WAY = "an update of the photos is under way or was interrupted"


class MilvusEngine:
    """Asks Milvus for the nearest photos.

    Args:
        collection: Loaded, and complete.
        ids: Of the photos, in their order in the index.
        buckets: Category -> the `row_bucket` of its photos.
        dimension: Length of a vector.
        notes: What else people should know.
    """

    def __init__(
        self,
        collection: Collection,
        ids: list[str],
        buckets: dict[str, str],
        dimension: int,
        notes: list[str],
    ):
        self._collection, self._dimension = collection, dimension
        self.address = f"Milvus at {collection.server.uri}"
        self._ids = ids
        self._places = {photo: place for place, photo in enumerate(ids)}
        self._buckets = buckets
        self.approximate = collection.kind() != EXACT
        self.notes = [*notes, *([APPROXIMATELY] if self.approximate else [])]

    def rank(
        self, query: NDArray[np.float32], k: int, category: str | None, places: NDArray[np.int64] | None
    ) -> Found:
        """See `Engine`; photos that the table does not have are left out."""
        (hits,) = self._collection.call(
            "search",
            data=[query],
            anns_field="vector",
            limit=k,
            filter="" if category is None else f'bucket == "{self._buckets[category]}"',
            output_fields=["photo"],
            search_params={"metric_type": "IP", "params": {"nprobe": PROBED} if self.approximate else {}},
        )
        placed = [(self._places.get(json.loads(hit["entity"]["photo"])), hit["distance"]) for hit in hits]
        found = [(place, score) for place, score in placed if place is not None]
        return (
            np.array([place for place, _ in found], dtype=np.int64),
            np.array([score for _, score in found], dtype=np.float32),
        )

    def vectors(self, places: NDArray[np.int64]) -> NDArray[np.float32]:
        """See `Engine`.

        Raises:
            GalleryError: Milvus no longer has one of them.
        """
        keys = [row_key(self._ids[place]) for place in places]
        found: dict[str, list[float]] = {}
        for start in range(0, len(keys), FETCHED):
            rows = self._collection.call("get", ids=keys[start : start + FETCHED], output_fields=["vector"])
            found.update((row["key"], row["vector"]) for row in rows)
        if missing := set(keys) - found.keys():
            raise GalleryError(f"Milvus no longer has {len(missing)} of the photos; open the gallery again.")
        return np.array([found[key] for key in keys], dtype=np.float32).reshape(len(keys), self._dimension)


def open_milvus(address: Address, sidecar: Sidecar, gallery: Gallery, checkpoint: Checkpoint) -> MilvusEngine:
    """Open the collection that a sidecar's vectors live in.

    Raises:
        IndexMismatchError: It was made by other weights, or holds other photos.
        GalleryError: It cannot be reached. Sentences end with the command that helps, where one does.
    """
    collection = Collection(Server(address.uri), address.collection)
    command = rebuild_command(gallery, checkpoint)
    if not collection.exists():
        raise GalleryError(
            f"Milvus at {address.uri} no longer has the vectors of gallery '{gallery.name}'. "
            f"Send them with: {command}"
        )
    if collection.made_by() != digest_recipe(checkpoint):
        raise IndexMismatchError(
            f"The vectors of gallery '{gallery.name}' in Milvus at {address.uri} were not made by checkpoint "
            f"'{checkpoint.name}' as it is now. Send the right ones with: {command}"
        )
    notes = _check_photos(collection.state(), digest_contents(sidecar), address, gallery, command)
    collection.load()
    categories = {id: gallery.by_id[id].category for id in sidecar.photos}
    buckets = {category: row_bucket(sidecar.photos[id], category) for id, category in categories.items()}
    return MilvusEngine(collection, list(sidecar.photos), buckets, sidecar.dimension, notes)


def _check_photos(state: State, holds: str, address: Address, gallery: Gallery, command: str) -> list[str]:
    """Refuse a collection that holds other photos or was never whole; return what to tell about it."""
    if state.complete and state.holds == holds:
        return []
    if not state.complete and state.before and holds in (state.holds, state.before):
        return [UNDER_WAY]
    raise IndexMismatchError(
        f"The photos of gallery '{gallery.name}' in Milvus at {address.uri} are not those of this folder; "
        f"copy the folder anew from where it was indexed, or send its own with: {command}"
    )


def digest_recipe(checkpoint: Checkpoint) -> str:
    """Name what vectors depend on besides the photos, in hexadecimal digits."""
    return hashlib.sha256(json.dumps(recipe(checkpoint), sort_keys=True).encode()).hexdigest()
