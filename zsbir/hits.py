"""What a search gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from zsbir.gallery import Photo


@dataclass(frozen=True)
class Hit:
    """One photo that was found.

    Attributes:
        photo: What the gallery knows about it.
        path: Where its file is.
        score: Cosine of its embedding with the drawing's, in [-1, 1].
        percentile: Share of the searched photos that score no higher, in (0, 100].
        rank: 1 for the best.
    """

    photo: Photo
    path: Path
    score: float
    percentile: float
    rank: int

    @property
    def category(self) -> str:
        """The photo's category."""
        return self.photo.category


@dataclass(frozen=True)
class Result:
    """What a search found, and where it looked.

    Attributes:
        hits: Best first.
        mode: "category" or "fine-grained".
        category: The category that was searched in; None means the whole gallery.
        assumed: Whether the category was guessed from the drawing.
        seen: The picture that the model saw; see `Retriever.query_image`.
        searched: How many photos were ranked.
        vector: (dim,) float32, what the photos were compared with; see `Retriever.embed`.
    """

    hits: list[Hit]
    mode: str
    category: str | None
    assumed: bool
    seen: Image.Image
    searched: int
    vector: NDArray[np.float32] = field(repr=False, compare=False)
