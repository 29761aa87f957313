"""Photos to an index, embedding only what is new and going on where an interrupted run stopped."""

from __future__ import annotations

import logging
import sys
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

import zsbir
from zsbir.errors import GalleryError
from zsbir.gallery.atomic import write_atomically
from zsbir.index.decode import Decoded, decode
from zsbir.index.sidecar import FORMAT, SIDECAR, VECTORS, Sidecar, context, index_folder, recipe
from zsbir.index.store import VectorStore, working_folder
from zsbir.index.vectors import digest, pack, rows, unpack
from zsbir.methods.pictures import BATCH, embed_pictures, teach, warn_of_small_categories

if TYPE_CHECKING:
    from pathlib import Path

    from zsbir.checkpoint import Checkpoint
    from zsbir.gallery import Gallery, Photo

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BuildReport:
    """What a build did.

    Attributes:
        embedded: Photos that went through the model.
        reused: Photos whose vectors were there already.
        removed: Photos of the earlier index that the gallery no longer has.
        broken: (file, reason) of each photo that is not in the index.
        seconds: How long it took, without loading the model.
    """

    embedded: int
    reused: int
    removed: int
    broken: list[tuple[str, str]]
    seconds: float


def build_index(
    gallery: Gallery, checkpoint: Checkpoint, *, batch: int = BATCH, progress: bool = True
) -> BuildReport:
    """Write the index of a gallery for a checkpoint, or bring it up to date.

    Whatever interrupts this, the index on disk is whole: the old one or the new one.

    Args:
        gallery: Whose photos to embed; broken and missing ones are left out and reported.
        checkpoint: Gives the method that embeds them.
        batch: Photos that go through the model together.
        progress: Draw a bar on stderr.

    Raises:
        GalleryError: No photo can be read, the folder cannot be written to, or another process is at it.
        CheckpointError: The method's embeddings are not finite.
    """
    started = time.perf_counter()
    folder = index_folder(gallery, checkpoint)
    with working_folder(folder) as partial:
        store = VectorStore(partial, recipe(checkpoint), checkpoint.method.dim)
        earlier = _read_earlier(folder, checkpoint, store)
        builder = _Builder(gallery, checkpoint, store, batch)
        try:
            with _bar(len(gallery.photos), progress) as bar:
                builder.run(bar)
        finally:
            store.save()  # also when Ctrl-C ended the run
        _write(folder, gallery, checkpoint, builder, store)
        store.clear()
    return BuildReport(
        embedded=builder.embedded,
        reused=len(builder.keys) - builder.embedded,
        removed=len(earlier - gallery.by_id.keys()),
        broken=[(gallery.by_id[id].file, reason) for id, reason in builder.skipped.items()],
        seconds=time.perf_counter() - started,
    )


class _Builder:
    """One pass over the photos: embed what is new, note what is broken and what taught the categories."""

    def __init__(self, gallery: Gallery, checkpoint: Checkpoint, store: VectorStore, batch: int):
        self.keys: dict[str, str] = {}
        self.skipped: dict[str, str] = {}
        self.support: dict[str, list[str]] = {}
        self.embedded = 0
        self._gallery = gallery
        self._method = checkpoint.method
        self._store = store
        self._batch = batch

    def run(self, bar: tqdm) -> None:
        for category, photos in self._groups().items():
            load = partial(
                decode,
                gallery=self._gallery,
                preprocess=self._method.preprocess,
                context="" if category is None else self._learn(category, photos),
                known=self._store,
            )
            embed = partial(self._method.embed_photos, category=category)
            for decoded, vector in embed_pictures(photos, load, embed, self._batch):
                self._take(decoded, vector)
                bar.update()
        warn_of_small_categories(self._method, self.support)

    def _groups(self) -> dict[str | None, list[Photo]]:
        """The photos that may share a batch: all, or those of one category where the method sees it."""
        groups: dict[str | None, list[Photo]] = {}
        for photo in self._gallery.photos:
            groups.setdefault(photo.category if self._method.needs_category else None, []).append(photo)
        return groups

    def _learn(self, category: str, photos: list[Photo]) -> str:
        """Show the method the first photos of a category; return the context of the category's vectors."""
        ordered = sorted(photos, key=lambda photo: photo.id)
        shown = teach(
            self._method,
            category,
            (decode(photo, self._gallery, self._method.preprocess) for photo in ordered),
        )
        if shown:
            self.support[category] = [decoded.photo.id for decoded in shown]
        return context(self._method, category, (decoded.key for decoded in shown))

    def _take(self, decoded: Decoded, vector: NDArray[np.float32] | None) -> None:
        if decoded.problem:
            self.skipped[decoded.photo.id] = decoded.problem
            return
        self.keys[decoded.photo.id] = decoded.key
        if vector is not None:
            self._store.add(decoded.key, vector)
            self.embedded += 1


def _read_earlier(folder: Path, checkpoint: Checkpoint, store: VectorStore) -> set[str]:
    """Put the vectors of the index on disk into the store if they still fit; return its photos' ids."""
    if not (folder / SIDECAR).is_file():
        return set()
    try:
        sidecar = Sidecar.from_bytes((folder / SIDECAR).read_bytes())
        if all(getattr(sidecar, field) == value for field, value in recipe(checkpoint).items()):
            store.know(
                dict(zip(sidecar.photos.values(), rows(unpack(folder / VECTORS, sidecar)), strict=True))
            )
    except (OSError, ValueError) as error:
        log.warning("Building %s anew, because it cannot be read: %s.", folder, error)
        return set()
    return sidecar.photos.keys() | sidecar.skipped.keys()


def _write(
    folder: Path, gallery: Gallery, checkpoint: Checkpoint, builder: _Builder, store: VectorStore
) -> None:
    ids = [photo.id for photo in gallery.photos if photo.id in builder.keys]
    if not ids:
        why = f", the first because: {next(iter(builder.skipped.values()))}" if builder.skipped else ""
        raise GalleryError(
            f"None of the {len(gallery.photos)} photos of gallery '{gallery.name}' in {gallery.root} "
            f"can be read{why}"
        )
    content = pack(np.stack([store[builder.keys[id]] for id in ids]))
    sidecar = Sidecar(
        format=FORMAT,
        zsbir=zsbir.__version__,
        vectors=digest(content),
        photos={id: builder.keys[id] for id in ids},
        skipped={
            photo.id: builder.skipped[photo.id] for photo in gallery.photos if photo.id in builder.skipped
        },
        support=builder.support,
        **recipe(checkpoint),
    )
    # Between these two lines the sidecar does not fit the vectors; readers see that by the digest.
    write_atomically(folder / VECTORS, content)
    write_atomically(folder / SIDECAR, sidecar.to_bytes())


def _bar(total: int, shown: bool) -> tqdm:
    calm = 0.1 if sys.stderr.isatty() else 10.0  # a log file does not need ten lines a second
    return tqdm(
        total=total, desc="indexing", unit="photo", disable=not shown, mininterval=calm, file=sys.stderr
    )
