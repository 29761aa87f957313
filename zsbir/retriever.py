"""The whole path from a drawing to photos."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from zsbir.errors import CheckpointError, GalleryError, ZSBIRError
from zsbir.gallery import Gallery, Photo, load_gallery
from zsbir.images import normalise_sketch, to_pixels

if TYPE_CHECKING:
    from zsbir.checkpoint import Checkpoint
    from zsbir.index import PhotoIndex, Ranking
    from zsbir.strokes import Drawing

log = logging.getLogger(__name__)

MODES = ("category", "fine-grained")
VOTERS = 10  # nearest photos that decide which category is assumed

# One thread does all inference: torch keeps its own threads warm for it (a new thread a call costs 20 %),
# and callers in any number of threads simply queue.
_INFERENCE = ThreadPoolExecutor(1, "zsbir-inference")


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
    """

    hits: list[Hit]
    mode: str
    category: str | None
    assumed: bool
    seen: Image.Image
    searched: int


class Retriever:
    """Finds the photos of one gallery with one checkpoint; safe to use from several threads.

    Args:
        gallery: The photos.
        checkpoint: Embeds the drawings.
        index: The photos' vectors, made by the same checkpoint.
        guide: Assumes categories where the checkpoint's method must be told one; None lets it do so itself.
    """

    def __init__(
        self, gallery: Gallery, checkpoint: Checkpoint, index: PhotoIndex, guide: Retriever | None = None
    ):
        self.gallery = gallery
        self.checkpoint = checkpoint
        self.index = index
        self._guide = guide or self
        self._missing: set[str] = set()

    @classmethod
    def load(
        cls, gallery: str | Path = "everyday", checkpoint: str | Path = "plain", *, device: str = "auto"
    ) -> Retriever:
        """Open a gallery, a checkpoint and the index that belongs to both.

        Args:
            gallery: Name or folder of a gallery.
            checkpoint: Name or folder of a checkpoint.
            device: "auto", "cpu", "cuda" or "mps".

        Raises:
            GalleryError: No such gallery, or its index is missing or of another checkpoint.
            CheckpointError: No such checkpoint, or it is damaged.
            BackboneError: The frozen model under the checkpoint cannot be loaded.
        """
        from zsbir.checkpoint import load_checkpoint
        from zsbir.index import PhotoIndex

        photos = load_gallery(gallery)
        opened = load_checkpoint(checkpoint, device=device)
        guide = cls.load(gallery, device=device) if opened.method.needs_category else None
        return cls(photos, opened, PhotoIndex.load(photos, opened), guide)

    def search(
        self, drawing: Drawing | Image.Image, mode: str = "category", k: int = 24, category: str | None = None
    ) -> list[Hit]:
        """Find the photos that a drawing means; `retrieve` with the category it looked in left out."""
        return self.retrieve(drawing, mode, k, category).hits

    def retrieve(
        self, drawing: Drawing | Image.Image, mode: str = "category", k: int = 24, category: str | None = None
    ) -> Result:
        """Find the photos that a drawing means.

        Args:
            drawing: Strokes, or a picture of a sketch.
            mode: "category" ranks the gallery by what is drawn; "fine-grained" ranks the photos of one
                category by how well they match this very drawing.
            k: How many photos to return at most. Photos that are missing on disk are left out.
            category: Search only in this category; None searches everywhere, or, in fine-grained mode,
                in the category that the drawing most likely shows.

        Raises:
            DrawingError: Nothing has been drawn.
            GalleryError: The gallery has no such category.
            CheckpointError: The checkpoint was not made for this mode.
            ZSBIRError: Mode or k make no sense.
        """
        self._check(mode, k, category)
        seen = self.query_image(drawing)
        needs_category = self.checkpoint.method.needs_category
        vector = None if needs_category else self._embed(seen)
        assumed = category is None and (mode == "fine-grained" or needs_category)
        if assumed and vector is not None and self._guide is self:
            category = self._vote(vector)
        elif assumed:
            category = self._ask_guide(drawing, seen)
        if vector is None:
            vector = self._embed(seen, category)
        ranking = self.index.search(vector, k, category)
        assumed = assumed and category is not None
        return Result(self._hits(ranking), mode, category, assumed, seen, ranking.searched)

    def assume_category(self, drawing: Drawing | Image.Image) -> str | None:
        """Guess what a drawing shows by a vote of the nearest photos; None if these have no categories."""
        return self._ask_guide(drawing, self.query_image(drawing))

    def embed(self, drawing: Drawing | Image.Image, category: str | None = None) -> NDArray[np.float32]:
        """Turn a drawing into the vector that photos are compared with.

        Returns:
            (dim,) float32, unit length.

        Raises:
            DrawingError: Nothing has been drawn.
        """
        return self._embed(self.query_image(drawing), category)

    def query_image(self, drawing: Drawing | Image.Image) -> Image.Image:
        """The picture that the model sees: black on white, "L", as large as the model's input.

        Raises:
            DrawingError: Nothing has been drawn.
        """
        side = self.checkpoint.method.preprocess.side
        if isinstance(drawing, Image.Image):
            return normalise_sketch(drawing, side)
        return drawing.render(side)

    def _ask_guide(self, drawing: Drawing | Image.Image, seen: Image.Image) -> str | None:
        guide = self._guide
        if guide.checkpoint.method.preprocess.side != seen.width:
            seen = guide.query_image(drawing)
        return guide._vote(guide._embed(seen))

    def _vote(self, vector: NDArray[np.float32]) -> str | None:
        # The photo after the voters is what they are compared with.
        return self.index.search(vector, VOTERS + 1).vote()

    def _embed(self, image: Image.Image, category: str | None = None) -> NDArray[np.float32]:
        return _INFERENCE.submit(self._forward, image, category).result()

    def _forward(self, image: Image.Image, category: str | None) -> NDArray[np.float32]:
        import torch

        method = self.checkpoint.method
        with torch.inference_mode():
            vectors = method.embed_sketches(to_pixels(image, method.preprocess), category)
        return vectors[0].float().cpu().numpy()

    def _check(self, mode: str, k: int, category: str | None) -> None:
        if mode not in MODES:
            raise ZSBIRError(f"There is no mode {mode!r}; use 'category' or 'fine-grained'.")
        if mode not in self.checkpoint.modes:
            raise CheckpointError(
                f"Checkpoint '{self.checkpoint.name}' was made for {' and '.join(self.checkpoint.modes)} "
                f"search, not for {mode}; choose another checkpoint or mode."
            )
        if not isinstance(k, int) or k < 1:
            raise ZSBIRError(f"The number of photos to find must be a whole number from 1 on, not {k!r}.")
        if category is not None and category not in self.index.categories:
            near = get_close_matches(category, self.index.categories, cutoff=0.4) or self.index.categories[:3]
            raise GalleryError(
                f"Gallery '{self.gallery.name}' has no photos of the category {category!r}"
                + (f"; near it are: {', '.join(near)}." if near else ": its photos have no categories.")
            )

    def _hits(self, ranking: Ranking) -> list[Hit]:
        rows = zip(ranking.photos, ranking.scores, ranking.percentiles, strict=True)
        there = [row for row in rows if self._is_there(row[0])]
        return [
            Hit(photo, self.gallery.path(photo), score, percentile, rank)
            for rank, (photo, score, percentile) in enumerate(there, start=1)
        ]

    def _is_there(self, photo: Photo) -> bool:
        if self.gallery.path(photo).is_file():
            return True
        if photo.id not in self._missing:
            self._missing.add(photo.id)
            log.warning(
                "The photo %s is gone from the disk; put it back, or run: python -m zsbir index --gallery %s",
                self.gallery.path(photo),
                self.gallery.reference,
            )
        return False
