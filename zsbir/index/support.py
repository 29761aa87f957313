"""The photos that taught a method a category when an index was built, shown to it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zsbir.errors import GalleryError
from zsbir.images import normalise
from zsbir.index.decode import decode
from zsbir.index.sidecar import rebuild_command

if TYPE_CHECKING:
    from torch import Tensor

    from zsbir.checkpoint import Checkpoint
    from zsbir.gallery import Gallery
    from zsbir.index.search import PhotoIndex


def support_pixels(gallery: Gallery, checkpoint: Checkpoint, index: PhotoIndex, category: str) -> Tensor:
    """Read the support photos of a category: (m, 3, side, side), as `Method.remember` takes them.

    Raises:
        GalleryError: The index names none, or one of them is gone or has changed since. The sentence ends
            with the command that helps.
    """
    import torch

    def refusal(why: str) -> GalleryError:
        return GalleryError(
            f"Checkpoint '{checkpoint.name}' cannot be shown the category {category!r}: {why} "
            f"Rebuild the index with: {rebuild_command(gallery, checkpoint)}"
        )

    photos = index.support.get(category, ())
    shown = [decode(photo, gallery, checkpoint.method.preprocess) for photo in photos]
    if not shown:
        raise refusal("the index names no support photos of it.")
    for decoded in shown:
        if decoded.problem:
            raise refusal(f"one of its support photos cannot be opened. {decoded.problem}")
        # Drawings would be embedded under other prompts than the vectors that they are compared with.
        if decoded.key != index.support_keys[decoded.photo.id]:
            raise refusal("one of its support photos has changed since.")
    return normalise(torch.cat([decoded.pixels for decoded in shown]), checkpoint.method.preprocess)
