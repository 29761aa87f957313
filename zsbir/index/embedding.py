"""One pass over photos: embed what is new, note what is broken and what taught the categories."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, groupby
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zsbir.images import normalise
from zsbir.index.decode import Decoded, decode, finish
from zsbir.index.sidecar import context
from zsbir.methods.pictures import BATCH, embed_batches, teach

if TYPE_CHECKING:
    from torch import Tensor

    from zsbir.gallery import Gallery, Photo
    from zsbir.index.shards import Shard
    from zsbir.index.store import VectorStore
    from zsbir.methods import Method
    from zsbir.progress import Progress

CUDA_BATCH = 256  # photos; with fewer a GPU waits for its launches


@dataclass
class Part:
    """What a pass found out.

    Attributes:
        keys: Photo id -> content key.
        skipped: Photo id -> why it is not in the index.
        support: Category -> ids of the photos that taught it.
        embedded: Photos that went through the model.
    """

    keys: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    support: dict[str, list[str]] = field(default_factory=dict)
    embedded: int = 0

    def add(self, other: Part) -> None:
        """Take what another pass found out about other photos."""
        self.keys |= other.keys
        self.skipped |= other.skipped
        self.support |= other.support
        self.embedded += other.embedded


def batch_for(method: Method) -> int:
    """How many photos best go through a method together, on the device that it runs on."""
    return CUDA_BATCH if method.backbone.device.type == "cuda" else BATCH


class Embedder:
    """Embeds the photos of a shard.

    Which photos share a batch depends on nothing but their block, so that shards together give what one pass
    gives: a batch of another size may be added up in another order.

    Args:
        gallery: Whose photos.
        method: Embeds them.
        store: Takes the vectors.
        known: Content keys of vectors that need not be made again.
        batch: Photos that go through the model together; None suits the device.
    """

    def __init__(
        self,
        gallery: Gallery,
        method: Method,
        store: VectorStore,
        known: Container[str],
        batch: int | None = None,
    ) -> None:
        self._gallery, self._method, self._store, self._known = gallery, method, store, known
        self._batch = batch or batch_for(method)
        self._groups = self._group()
        self._order = list(chain.from_iterable(self._groups.values()))
        self._places = {photo.id: place for place, photo in enumerate(self._order)}
        self._contexts: dict[str | None, str] = {None: ""}
        self.part = Part()

    def run(self, shard: Shard, progress: Progress) -> Part:
        """Embed the photos of a shard; the vectors of each block are saved when it is done."""
        taken = 0
        for category, photos in self._streams(shard):
            load = partial(
                decode,
                gallery=self._gallery,
                preprocess=self._method.preprocess,
                context=self._context(category),
                known=self._known,
            )
            embed = partial(self._embed, category=category)
            for done in embed_batches(photos, load, embed, self._batch, shard.block):
                for decoded, vector in done:
                    self._take(decoded, vector)
                progress.update(len(done))
                taken += len(done)
                if taken % shard.block == 0:
                    self._store.save()
        return self.part

    def _group(self) -> dict[str | None, list[Photo]]:
        """The photos that may share a batch: all, or those of one category where the method sees it."""
        groups: dict[str | None, list[Photo]] = {}
        for photo in self._gallery.photos:
            groups.setdefault(photo.category if self._method.needs_category else None, []).append(photo)
        return groups

    def _streams(self, shard: Shard) -> Iterator[tuple[str | None, list[Photo]]]:
        """The shard's photos in order, as long as possible in one stream, so that reading runs ahead."""
        blocks = shard.blocks(self._order)
        if not self._method.needs_category:
            yield None, list(chain.from_iterable(blocks))
            return
        for block in blocks:
            for category, photos in groupby(block, key=lambda photo: photo.category):
                yield category, list(photos)

    def _context(self, category: str | None) -> str:
        """The context of a category's vectors; the method is shown its first photos when it is first met."""
        if category not in self._contexts:
            ordered = sorted(self._groups[category], key=lambda photo: photo.id)
            preprocess = self._method.preprocess
            opened = (finish(decode(photo, self._gallery, preprocess), preprocess) for photo in ordered)
            shown = teach(self._method, category, opened)
            if shown:
                self.part.support[category] = [decoded.photo.id for decoded in shown]
            keys = (decoded.key for decoded in shown)
            self._contexts[category] = context(self._method, category, keys)
        return self._contexts[category]

    def _embed(self, levels: Tensor, category: str | None) -> Tensor:
        return self._method.embed_photos(normalise(levels, self._method.preprocess), category)

    def _take(self, decoded: Decoded, vector: NDArray[np.float32] | None) -> None:
        photo = decoded.photo.id
        if decoded.problem:
            self.part.skipped[photo] = decoded.problem
            return
        self.part.keys[photo] = decoded.key
        if vector is not None:
            self._store.add(decoded.key, vector, self._places[photo])
            self.part.embedded += 1
