"""Photos to an index, embedding only what is new and going on where an interrupted run stopped."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import zsbir
from zsbir.errors import GalleryError
from zsbir.index.approximate import approximate_files, is_exact, remove_approximate_files
from zsbir.index.embedding import Embedder, Part
from zsbir.index.pair import open_vectors, write_pair
from zsbir.index.shards import WHOLE, Shard
from zsbir.index.sidecar import (
    FORMAT,
    SIDECAR,
    Sidecar,
    find_index,
    index_folder,
    new_index_folder,
    recipe,
)
from zsbir.index.store import VectorStore
from zsbir.index.vectors import MAPPED_FROM, Packed, digest, rows, sample
from zsbir.index.working import working_folder
from zsbir.methods.pictures import warn_of_small_categories
from zsbir.progress import Progress

if TYPE_CHECKING:
    from zsbir.checkpoint import Checkpoint
    from zsbir.gallery import Gallery

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BuildReport:
    """What a build did.

    Attributes:
        embedded: Photos that went through the model.
        reused: Photos whose vectors were there already.
        renamed: Those of them that the earlier index had under another id.
        removed: Photos of the earlier index that the gallery no longer has under any id.
        broken: (file, reason) of each photo that is not in the index.
        seconds: How long it took, without loading the model.
    """

    embedded: int
    reused: int
    renamed: int
    removed: int
    broken: list[tuple[str, str]]
    seconds: float


def build_index(
    gallery: Gallery, checkpoint: Checkpoint, *, batch: int | None = None, progress: bool = True
) -> BuildReport:
    """Write the index of a gallery for a checkpoint, or bring it up to date.

    Whatever interrupts this, the index on disk is whole: the old one or the new one.

    Args:
        gallery: Whose photos to embed; broken and missing ones are left out and reported.
        checkpoint: Gives the method that embeds them.
        batch: Photos that go through the model together; None suits the device.
        progress: Draw a bar on stderr.

    Raises:
        GalleryError: No photo can be read, the folder cannot be written to, or another process is at it.
        CheckpointError: The method's embeddings are not finite.
    """
    started = time.perf_counter()
    with working_folder(new_index_folder(gallery, checkpoint)) as folder:
        store, earlier = _open_store(folder, gallery, checkpoint)
        part = _embed(gallery, checkpoint, store, WHOLE, batch, progress)
        return _finish(gallery, checkpoint, store, part, earlier, started)


def embed_shard(
    gallery: Gallery,
    checkpoint: Checkpoint,
    shard: Shard,
    *,
    batch: int | None = None,
    progress: bool = True,
) -> Part:
    """Do a share of the work of `build_index`, beside others; whoever builds or merges next finds it done.

    Args:
        gallery: The same for all shards.
        checkpoint: Likewise.
        shard: Which share.
        batch: Photos that go through the model together, the same for all shards; None suits the device.
        progress: Draw a bar on stderr.

    Raises:
        GalleryError: The folder cannot be written to, or another process is at it.
        CheckpointError: The method's embeddings are not finite.
    """
    with working_folder(new_index_folder(gallery, checkpoint), shard) as folder:
        store, _ = _open_store(folder, gallery, checkpoint)
        return _embed(gallery, checkpoint, store, shard, batch, progress)


def merge_shards(gallery: Gallery, checkpoint: Checkpoint, parts: list[Part], started: float) -> BuildReport:
    """Write the index after `embed_shard` has been through all shards; no photo is opened.

    Args:
        gallery: As the shards had it.
        checkpoint: Likewise.
        parts: What the shards returned.
        started: When they began, by `time.perf_counter`.

    Raises:
        GalleryError: No photo could be read, the folder cannot be written to, or another process is at it.
    """
    whole = Part()
    for part in parts:
        whole.add(part)
    with working_folder(new_index_folder(gallery, checkpoint)) as folder:
        store, earlier = _open_store(folder, gallery, checkpoint)
        return _finish(gallery, checkpoint, store, whole, earlier, started)


def _embed(
    gallery: Gallery,
    checkpoint: Checkpoint,
    store: VectorStore,
    shard: Shard,
    batch: int | None,
    progress: bool,
) -> Part:
    embedder = Embedder(gallery, checkpoint.method, store, store.known(shard), batch)
    total = sum(map(len, shard.blocks(gallery.photos)))
    try:
        with Progress("Indexing", total, "photo", shown=progress) as bar:
            return embedder.run(shard, bar)
    finally:
        store.save()  # also when Ctrl-C ended the run


def _open_store(
    folder: Path, gallery: Gallery, checkpoint: Checkpoint
) -> tuple[VectorStore, Mapping[str, str]]:
    """What has been embedded already; and photo id -> content key of the index on disk, "" if left out."""
    store = VectorStore(folder, recipe(checkpoint), checkpoint.method.dim)
    if gallery.root != gallery.home:  # one that came from the Hub brought its indexes along with its photos
        brought = find_index([gallery.root / "index"], checkpoint)
        if brought:
            _read_index(brought, checkpoint, store)
    return store, _read_index(index_folder(gallery, checkpoint), checkpoint, store)


def _read_index(folder: Path, checkpoint: Checkpoint, store: VectorStore) -> Mapping[str, str]:
    """Put the vectors of an index on disk into the store if they still fit; return its photos."""
    if not (folder / SIDECAR).is_file():
        return {}
    try:
        sidecar = Sidecar.from_bytes((folder / SIDECAR).read_bytes())
        if all(getattr(sidecar, field) == value for field, value in recipe(checkpoint).items()):
            vectors = rows(open_vectors(folder, sidecar, thorough=True))
            store.know(dict(zip(sidecar.photos.values(), vectors, strict=True)))
    except (OSError, ValueError) as error:
        log.warning("Building %s anew, because it cannot be read: %s.", folder, error)
        return {}
    return sidecar.photos | dict.fromkeys(sidecar.skipped, "")


def _finish(
    gallery: Gallery,
    checkpoint: Checkpoint,
    store: VectorStore,
    part: Part,
    earlier: Mapping[str, str],
    started: float,
) -> BuildReport:
    warn_of_small_categories(checkpoint.method, part.support)
    _write(gallery, checkpoint, store, part)
    store.clear()
    gone = Counter(key for photo, key in earlier.items() if photo not in gallery.by_id)
    new = Counter(key for photo, key in part.keys.items() if photo not in earlier)
    renamed = sum((gone & new).values())
    return BuildReport(
        embedded=part.embedded,
        reused=len(part.keys) - part.embedded,
        renamed=renamed,
        removed=sum(gone.values()) - renamed,
        broken=[(photo.file, part.skipped[photo.id]) for photo in gallery.photos if photo.id in part.skipped],
        seconds=time.perf_counter() - started,
    )


def _write(gallery: Gallery, checkpoint: Checkpoint, store: VectorStore, part: Part) -> None:
    ids = [photo.id for photo in gallery.photos if photo.id in part.keys]
    if not ids:
        why = f", the first because: {next(iter(part.skipped.values()))}" if part.skipped else ""
        raise GalleryError(
            f"None of the {len(gallery.photos)} photos of gallery '{gallery.name}' in {gallery.root} "
            f"can be read{why}"
        )
    folder = new_index_folder(gallery, checkpoint)
    packed = Packed([store[part.keys[id]] for id in ids])
    content = digest(packed)
    approximate = approximate_files(packed.vectors, content, folder)
    sidecar = Sidecar(
        format=FORMAT,
        zsbir=zsbir.__version__,
        checkpoint=checkpoint.name,
        backbone=checkpoint.method.backbone.name,
        vectors=content,
        photos={id: part.keys[id] for id in ids},
        skipped={photo.id: part.skipped[photo.id] for photo in gallery.photos if photo.id in part.skipped},
        support={name: part.support[name] for name in _categories(gallery) if name in part.support},
        sample=sample(packed.size, packed.read) if packed.size >= MAPPED_FROM else "",
        **recipe(checkpoint),
    )
    write_pair(folder, packed, sidecar, approximate)
    if is_exact(len(ids)):
        remove_approximate_files(folder)


def _categories(gallery: Gallery) -> list[str]:
    """The categories in the order of the photos, also "" for those that have none."""
    return list(dict.fromkeys(photo.category for photo in gallery.photos))
