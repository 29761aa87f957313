"""Retrievers for what a CPU is too slow for, whose network runs on a GPU that ZeroGPU lends."""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import TYPE_CHECKING

from zsbir.errors import LendingError
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
SECONDS = 20  # of GPU time for one drawing at most: the first one in a process loads the model


def open_retriever(gallery: str, checkpoint: str, device: str = "auto", **options: object) -> Retriever:
    """Open a retriever as `Retriever.load` does, on ZeroGPU one that borrows the GPU where that pays.

    Args:
        gallery: Name or folder of a gallery.
        checkpoint: Name, folder or repository of a checkpoint.
        device: On ZeroGPU "auto" borrows for heavy checkpoints, "cuda" for all, "cpu" for none.
        options: Further arguments of `Retriever.load`.
    """
    if not ON_ZEROGPU:
        return Retriever.load(gallery, checkpoint, device=device, **options)
    here = Retriever.load(gallery, checkpoint, device="cpu", **options)
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
        try:
            return borrow(SECONDS, embed_there, *self._names, image, category)
        except LendingError as error:
            log.warning("%s Until then the CPU embeds drawings.", error)
            return super().embed_query(image, category)


def embed_there(
    gallery: str, checkpoint: str, image: Image.Image, category: str | None
) -> NDArray[np.float32]:
    """Embed one query picture in the process that has the GPU; see `Retriever.embed`."""
    return _opened(gallery, checkpoint).embed_query(image, category)


@lru_cache(maxsize=2)
def _opened(gallery: str, checkpoint: str) -> Retriever:
    return Retriever.load(gallery, checkpoint)
