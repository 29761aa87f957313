"""The image tower alone: what everything else is measured beside, because it sees the same machine."""

from __future__ import annotations

import time

from zsbir.images import to_pixels
from zsbir.retriever import Retriever
from zsbir.strokes import Drawing


class BareEncoder:
    """The frozen tower of a gallery's plain checkpoint, without page, search and batches.

    Args:
        drawing: What it embeds.
        gallery: Name or folder of a gallery.
    """

    def __init__(self, drawing: Drawing, gallery: str = "everyday") -> None:
        retriever = Retriever.load(gallery, device="cpu")
        self._method = retriever.checkpoint.method
        self._pixels = to_pixels(retriever.query_image(drawing), self._method.preprocess)
        self.times: list[float] = []
        self._method.embed_sketches(self._pixels)  # the first pass warms up

    def measure(self, repeat: int = 5) -> None:
        """Embed a few times more, and note in `times` how many milliseconds each took."""
        for _ in range(repeat):
            start = time.perf_counter()
            self._method.embed_sketches(self._pixels)
            self.times.append(1000 * (time.perf_counter() - start))
