"""The vectors of an index to Milvus: only what it lacks is sent, and none takes half for the whole."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zsbir.index.engines import ExactEngine
from zsbir.index.milvus.address import Address, collection_name, read_address
from zsbir.index.milvus.collection import SENT, Collection, State, row_bucket, row_content, row_key
from zsbir.index.milvus.engine import digest_recipe
from zsbir.index.milvus.server import Server
from zsbir.index.pair import open_vectors
from zsbir.index.search import read_sidecar
from zsbir.index.sidecar import digest_contents, new_index_folder
from zsbir.index.working import working_folder
from zsbir.progress import Progress

if TYPE_CHECKING:
    from zsbir.checkpoint import Checkpoint
    from zsbir.gallery import Gallery
    from zsbir.index.sidecar import Sidecar

OWNER = 4  # random bytes that tell galleries of one name apart


@dataclass(frozen=True)
class UploadReport:
    """What an upload did.

    Attributes:
        uri: Where the vectors are now.
        sent: Photos whose vectors were sent.
        unchanged: Photos that were there already.
        removed: Photos that the gallery no longer has, or has otherwise.
        seconds: How long it took.
    """

    uri: str
    sent: int
    unchanged: int
    removed: int
    seconds: float


def upload(gallery: Gallery, checkpoint: Checkpoint, uri: str, *, progress: bool = True) -> UploadReport:
    """Bring the vectors of an index to Milvus, and say in the gallery's folder that they are searched there.

    Interrupted at any moment, what was searched before is searched still; the same call goes on.

    Args:
        gallery: Whose index.
        checkpoint: What made it.
        uri: See `Address`.
        progress: Draw a bar on stderr.

    Raises:
        GalleryError: There is no index, Milvus does not take it, or another process is at it.
    """
    started = time.perf_counter()
    folder = new_index_folder(gallery, checkpoint)
    with working_folder(folder):
        sidecar = read_sidecar(folder, gallery, checkpoint)
        earlier, address = _choose(folder, uri, gallery, checkpoint)
        server = Server(uri)
        try:
            counts = _bring(
                Collection(server, address.collection), folder, sidecar, gallery, checkpoint, progress
            )
            replace(address, complete=True).write(folder)
            if earlier and earlier.uri == uri and earlier.collection != address.collection:
                Collection(server, earlier.collection).call("drop_collection")
        finally:
            server.close()
    return UploadReport(uri, *counts, seconds=time.perf_counter() - started)


def _choose(
    folder: Path, uri: str, gallery: Gallery, checkpoint: Checkpoint
) -> tuple[Address | None, Address]:
    """The place that vectors have had, and the one for those of now: other weights get another collection."""
    earlier = read_address(folder)
    owner = earlier.owner if earlier else secrets.token_hex(OWNER)
    name = collection_name(gallery.name, checkpoint.name, owner, digest_recipe(checkpoint))
    address = Address(uri, owner, name)
    if earlier is None:
        address.write(folder)  # so that an interrupted upload finds its collection again
    return earlier, address


def _bring(
    collection: Collection,
    folder: Path,
    sidecar: Sidecar,
    gallery: Gallery,
    checkpoint: Checkpoint,
    progress: bool,
) -> tuple[int, int, int]:
    """Make a collection hold what a sidecar lists; return how many rows were sent, left and removed."""
    if not collection.exists():
        collection.create(sidecar.dimension, digest_recipe(checkpoint))
    collection.load()
    keys = {id: row_key(id) for id in sidecar.photos}
    wanted = {
        keys[id]: row_content(content, gallery.by_id[id].category) for id, content in sidecar.photos.items()
    }
    there = collection.contents()
    lacking = [place for place, (key, content) in enumerate(wanted.items()) if there.get(key) != content]
    gone = there.keys() - wanted.keys()
    state, holds = collection.state(), digest_contents(sidecar)
    if lacking or gone or not state.complete or state.holds != holds:
        before = state.holds if state.complete else state.before
        collection.set_state(State(holds, before))
        if lacking:
            _send(collection, folder, sidecar, gallery, lacking, progress)
        collection.remove(gone)
        collection.settle(len(wanted))
        collection.set_state(State(holds, complete=True))
    return len(lacking), len(wanted) - len(lacking), len(gone)


def _send(
    collection: Collection,
    folder: Path,
    sidecar: Sidecar,
    gallery: Gallery,
    places: list[int],
    progress: bool,
) -> None:
    engine = ExactEngine(open_vectors(folder, sidecar, thorough=True))
    photos = list(sidecar.photos.items())
    step = max(SENT // (4 * sidecar.dimension), 1)
    with Progress("Sending", len(places), "photo", shown=progress) as bar:
        for start in range(0, len(places), step):
            block = places[start : start + step]
            rows = zip((photos[place] for place in block), engine.vectors(np.array(block)), strict=True)
            collection.send(
                [make_row(id, content, gallery.by_id[id].category, vector) for (id, content), vector in rows]
            )
            bar.update(len(block))


def make_row(id: str, content: str, category: str, vector: NDArray[np.float32]) -> dict[str, Any]:
    """A photo as a row of its collection.

    Args:
        id: Of the photo.
        content: Its content key.
        category: Its category.
        vector: (dim,) float32, unit length.
    """
    return {
        "key": row_key(id),
        "content": row_content(content, category),
        "bucket": row_bucket(content, category),
        "photo": json.dumps(id),  # names on disk need not be valid text, which is all that Milvus takes
        "vector": vector,
    }
