"""Retrievers for what a CPU is too slow for, whose network runs on a GPU that ZeroGPU lends."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from zsbir.errors import LendingError
from zsbir.gallery import indexed_checkpoints, load_gallery
from zsbir.retriever import Retriever
from zsbir.zerogpu import ON_ZEROGPU, borrow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

    from zsbir.checkpoint import Checkpoint

log = logging.getLogger(__name__)

# Weights of an image tower above which drawings are embedded on the GPU: ViT-B has 88 million and answers in
# tenths of a second on two cores, ViT-L has 304 million and takes about a second.
HEAVY = 150_000_000
SECONDS = 20  # of GPU time for one call at most: the first one in a process loads the model
# The same for an index; nobody is lent a GPU for long, and what was embedded until then is kept.
INDEX_SECONDS, PHOTOS_A_SECOND, LONGEST = 30, 50, 120


def open_retriever(
    gallery: str, checkpoint: str, device: str = "auto", *, build: bool = False, **options: Any
) -> Retriever:
    """Open a retriever as `Retriever.load` does, on ZeroGPU one that borrows the GPU where that pays.

    Args:
        gallery: Name or folder of a gallery.
        checkpoint: Name, folder or repository of a checkpoint.
        device: On ZeroGPU "auto" borrows for indexing and for heavy checkpoints' drawings, "cuda" for all,
            "cpu" for none.
        build: Make the index first if there is none yet.
        options: Further arguments of `Retriever.load`.
    """
    if not ON_ZEROGPU:
        return Retriever.load(gallery, checkpoint, device=device, build=build, **options)
    if build and device != "cpu":
        _borrow_for_index(gallery, checkpoint)
    here = Retriever.load(gallery, checkpoint, device="cpu", build=build, **options)
    if device == "cpu" or (device == "auto" and not is_heavy(here.checkpoint)):
        return here
    return LentRetriever(here, gallery, checkpoint)


def is_heavy(checkpoint: Checkpoint) -> bool:
    """Whether one drawing takes a CPU so long that the GPU's overhead pays."""
    tower = checkpoint.method.backbone.visual
    return sum(weights.numel() for weights in tower.parameters()) > HEAVY


class LentRetriever(Retriever):
    """Embeds drawings on a lent GPU, and ranks here; where none is to be had, the CPU does both.

    Args:
        here: The same retriever on the CPU.
        gallery: What `here` was loaded for.
        checkpoint: Likewise.
    """

    def __init__(self, here: Retriever, gallery: str, checkpoint: str):
        guide = None if here._guide is here else here._guide
        super().__init__(here.gallery, here.checkpoint, here.index, guide)
        self._names = (gallery, checkpoint)

    def embed_query(self, image: Image.Image, category: str | None = None) -> NDArray[np.float32]:
        """Turn a picture that `query_image` made into its vector; may wait a minute for a GPU."""
        return self.embed_queries([image], category)[0]

    def embed_queries(
        self, images: Sequence[Image.Image], category: str | None = None
    ) -> NDArray[np.float32]:
        """Turn several such pictures into their vectors, (n, dim), in one call of the GPU."""
        try:
            return borrow(SECONDS, embed_there, *self._names, list(images), category)
        except LendingError as error:
            log.warning("%s Until then the CPU embeds drawings.", error)
            return super().embed_queries(images, category)


def _borrow_for_index(gallery: str, checkpoint: str) -> None:
    """Make an index if there is none; what the GPU leaves undone is left to the CPU."""
    from zsbir.checkpoint.source import find_source

    photos = load_gallery(gallery).photos
    if find_source(checkpoint).name in indexed_checkpoints(gallery):
        return
    try:
        borrow(min(INDEX_SECONDS + len(photos) // PHOTOS_A_SECOND, LONGEST), index_there, gallery, checkpoint)
    except LendingError as error:
        log.warning("%s The CPU indexes gallery '%s'.", error, gallery)


def index_there(gallery: str, checkpoint: str) -> None:
    """Build an index in the process that has the GPU."""
    from zsbir.checkpoint import load_checkpoint
    from zsbir.index import ensure_index

    ensure_index(load_gallery(gallery), load_checkpoint(checkpoint))


def embed_there(
    gallery: str, checkpoint: str, images: list[Image.Image], category: str | None
) -> NDArray[np.float32]:
    """Embed query pictures in the process that has the GPU; see `Retriever.embed_queries`."""
    return _opened(gallery, checkpoint).embed_queries(images, category)


@lru_cache(maxsize=2)
def _opened(gallery: str, checkpoint: str) -> Retriever:
    return Retriever.load(gallery, checkpoint)
