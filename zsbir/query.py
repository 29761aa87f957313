"""A drawing to the vector that photos are compared with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from zsbir.images import normalise_sketch, to_pixels
from zsbir.inference import run

if TYPE_CHECKING:
    from zsbir.checkpoint import Checkpoint
    from zsbir.gallery import Gallery
    from zsbir.index import PhotoIndex
    from zsbir.strokes import Drawing

TOGETHER = 16  # queries that pass the model at once, where there are several


class QueryEmbedder:
    """Embeds drawings with one checkpoint; safe to use from several threads.

    Args:
        gallery: The photos, some of which a method may have to see first.
        checkpoint: Embeds the drawings.
        index: The photos' vectors, which tells which photos those are.
    """

    def __init__(self, gallery: Gallery, checkpoint: Checkpoint, index: PhotoIndex):
        self.gallery = gallery
        self.checkpoint = checkpoint
        self.index = index

    def embed(self, drawing: Drawing | Image.Image, category: str | None = None) -> NDArray[np.float32]:
        """Turn a drawing into the vector that photos are compared with.

        Returns:
            (dim,) float32, unit length.

        Raises:
            DrawingError: Nothing has been drawn.
        """
        return self.embed_query(self.query_image(drawing), category)

    def query_image(self, drawing: Drawing | Image.Image) -> Image.Image:
        """The picture that the model sees: black on white, "L", as large as the model's input.

        Raises:
            DrawingError: Nothing has been drawn.
        """
        side = self.checkpoint.method.preprocess.side
        if isinstance(drawing, Image.Image):
            return normalise_sketch(drawing, side)
        return drawing.render(side)

    def embed_query(self, image: Image.Image, category: str | None = None) -> NDArray[np.float32]:
        """Turn a picture that `query_image` made into its vector, in the inference thread; see `embed`."""
        return run(self._forward, [image], category)[0]

    def embed_queries(
        self, images: Sequence[Image.Image], category: str | None = None
    ) -> NDArray[np.float32]:
        """Turn several such pictures into their vectors, (n, dim), `TOGETHER` at a time.

        Called outside the inference thread, it lets others' searches in between.
        """
        starts = range(0, len(images), TOGETHER)
        rows = [run(self._forward, images[start : start + TOGETHER], category) for start in starts]
        return np.concatenate(rows)

    def teach(self, category: str | None) -> None:
        """Show the method the photos that taught it a category, once; in the inference thread only."""
        from zsbir.index.support import support_pixels

        method = self.checkpoint.method
        if category is not None and not method.knows(category):
            method.remember(category, support_pixels(self.gallery, self.checkpoint, self.index, category))

    def _forward(self, images: Sequence[Image.Image], category: str | None) -> NDArray[np.float32]:
        import torch

        from zsbir.backbone.device import leaving_a_core

        method = self.checkpoint.method
        self.teach(category)
        with torch.inference_mode(), leaving_a_core(method.backbone.visual):
            vectors = method.embed_sketches(to_pixels(images, method.preprocess), category)
        return vectors.float().cpu().numpy()
