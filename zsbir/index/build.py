"""Photos to an index, embedding only what is new and going on where an interrupted run stopped."""

from __future__ import annotations

import contextlib
import logging
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from tqdm import tqdm

import zsbir
from zsbir.errors import CheckpointError, GalleryError
from zsbir.gallery.atomic import write_atomically
from zsbir.index.decode import Decoded, decode_ahead
from zsbir.index.sidecar import FORMAT, SIDECAR, VECTORS, Sidecar, index_folder, recipe
from zsbir.index.store import VectorStore, working_folder
from zsbir.index.vectors import digest, pack, rows, unpack

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
    gallery: Gallery, checkpoint: Checkpoint, *, batch: int = 32, progress: bool = True
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
    """One pass over the photos: decode ahead, embed what is new, remember what is broken."""

    def __init__(self, gallery: Gallery, checkpoint: Checkpoint, store: VectorStore, batch: int):
        self.keys: dict[str, str] = {}
        self.skipped: dict[str, str] = {}
        self.embedded = 0
        self._gallery = gallery
        self._checkpoint = checkpoint
        self._store = store
        self._batch = batch

    def run(self, bar: tqdm) -> None:
        for category, photos in _groups(self._gallery.photos, self._checkpoint.method.needs_category).items():
            waiting: list[Decoded] = []
            stream = decode_ahead(photos, self._gallery, self._checkpoint, self._store)
            with contextlib.closing(stream):
                for decoded in stream:
                    self._take(decoded, waiting)
                    if len(waiting) == self._batch:
                        self._embed(waiting, category)
                    bar.update()
            self._embed(waiting, category)

    def _take(self, decoded: Decoded, waiting: list[Decoded]) -> None:
        if decoded.problem:
            self.skipped[decoded.photo.id] = decoded.problem
            return
        self.keys[decoded.photo.id] = decoded.key
        if decoded.pixels is not None:
            waiting.append(decoded)

    def _embed(self, waiting: list[Decoded], category: str | None) -> None:
        import torch

        if not waiting:
            return
        with torch.inference_mode():
            pixels = torch.cat([decoded.pixels for decoded in waiting])
            vectors = self._checkpoint.method.embed_photos(pixels, category).float().cpu().numpy()
        if not np.isfinite(vectors).all():
            raise CheckpointError(
                f"Checkpoint '{self._checkpoint.name}' gives embeddings that are not finite; "
                "train or fetch it again."
            )
        for decoded, vector in zip(waiting, vectors, strict=True):
            self._store.add(decoded.key, vector)
        self.embedded += len(waiting)
        waiting.clear()


def _groups(photos: Iterable[Photo], by_category: bool) -> Mapping[str | None, list[Photo]]:
    """The photos that may share a batch: all, or those of one category where the method sees it."""
    groups: dict[str | None, list[Photo]] = {}
    for photo in photos:
        groups.setdefault(photo.category if by_category else None, []).append(photo)
    return groups


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
