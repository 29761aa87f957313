"""The whole path from a drawing to photos."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from zsbir.errors import CheckpointError, GalleryError, ZSBIRError
from zsbir.families import best_guide
from zsbir.gallery import Gallery, Photo, indexed_checkpoints, load_gallery
from zsbir.hits import Hit, Result
from zsbir.modes import MODES
from zsbir.names import near_names
from zsbir.query import QueryEmbedder
from zsbir.rounds import Search, Wanted, alone, together

if TYPE_CHECKING:
    from zsbir.checkpoint import Checkpoint
    from zsbir.index import PhotoIndex, Ranking
    from zsbir.strokes import Drawing

log = logging.getLogger(__name__)

Question: TypeAlias = "tuple[Drawing | Image.Image, str, int, str | None]"
VOTERS = 10  # nearest photos that decide which category is assumed


class Retriever(QueryEmbedder):
    """Finds the photos of one gallery with one checkpoint; safe to use from several threads.

    Args:
        gallery: The photos.
        checkpoint: Embeds the drawings.
        index: The photos' vectors, made by the same checkpoint.
        guide: Assumes categories; None lets the checkpoint do so itself, which takes one that serves the
            category level and need not be told a category.
    """

    def __init__(
        self, gallery: Gallery, checkpoint: Checkpoint, index: PhotoIndex, guide: Retriever | None = None
    ):
        super().__init__(gallery, checkpoint, index)
        self._guide = guide or self
        self._missing: set[str] = set()

    @classmethod
    def load(
        cls,
        gallery: str | Path = "everyday",
        checkpoint: str | Path = "plain",
        *,
        device: str = "auto",
        open_guide: Callable[[str], Retriever] | None = None,
        build: bool = False,
    ) -> Retriever:
        """Open a gallery, a checkpoint and the index that belongs to both.

        Args:
            gallery: Name or folder of a gallery.
            checkpoint: Name, folder or Hub repository of one; see `zsbir.checkpoint.load_checkpoint`.
            device: "auto", "cpu", "cuda" or "mps".
            open_guide: Opens the checkpoint that assumes categories, by its name, for callers who may have it
                open already; None loads it. It is the best at category level that the gallery is indexed for.
            build: Make the index first if there is none yet, or wait while another process makes it, which
                may take a while; one that does not fit is refused all the same.

        Raises:
            GalleryError: No such gallery, or its index is missing or of another checkpoint.
            CheckpointError: No such checkpoint, or it is damaged.
            BackboneError: The frozen model under the checkpoint cannot be loaded.
            HubError: The Hub does not have the checkpoint or its backbone, or cannot be reached.
        """
        from zsbir.checkpoint import list_checkpoints, load_checkpoint
        from zsbir.index import PhotoIndex, ensure_index

        photos = load_gallery(gallery)
        opened = load_checkpoint(checkpoint, device=device)
        if build:
            ensure_index(photos, opened)
        index = PhotoIndex.load(photos, opened)
        if "category" in opened.modes and not opened.method.needs_category:
            return cls(photos, opened, index)
        guide = best_guide(list_checkpoints(), indexed_checkpoints(photos.home))
        return cls(photos, opened, index, (open_guide or partial(cls.load, gallery, device=device))(guide))

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
            GalleryError: The gallery has no such category, or lacks photos that the method has to see first.
            CheckpointError: The checkpoint was not made for this mode.
            ZSBIRError: Mode or k make no sense.
        """
        return alone(self._searching(drawing, mode, k, category))

    def retrieve_all(self, questions: Sequence[Question]) -> list[Result | Exception]:
        """Do for each what `retrieve` does with these arguments, embedding together what can be.

        An error that `retrieve` would raise stands in the place of the result; it is not its neighbours'.
        """
        return together([self._searching(*question) for question in questions])

    def _searching(self, drawing: Drawing | Image.Image, mode: str, k: int, category: str | None) -> Search:
        self.check(mode, k, category)
        seen = self.query_image(drawing)
        needs_category = self.checkpoint.method.needs_category
        vector = None if needs_category else (yield Wanted(self, seen))
        assumed = category is None and (mode == "fine-grained" or needs_category)
        if assumed and vector is not None and self._guide is self:
            category = self._vote(vector)
        elif assumed:
            guide = self._guide
            same = guide.checkpoint.method.preprocess.side == seen.width
            category = guide._vote((yield Wanted(guide, seen if same else guide.query_image(drawing))))
        if vector is None:
            self._check_told(category)
            vector = yield Wanted(self, seen, category)
        ranking = self.index.search(vector, k, category)
        assumed = assumed and category is not None
        return Result(self.hits(ranking), mode, category, assumed, seen, ranking.searched, vector)

    def assume_category(self, drawing: Drawing | Image.Image) -> str | None:
        """Guess what a drawing shows by a vote of the nearest photos; None if these have no categories."""
        return self._guide._vote(self._guide.embed_query(self._guide.query_image(drawing)))

    def _vote(self, vector: NDArray[np.float32]) -> str | None:
        # The photo after the voters is what they are compared with.
        return self.index.search(vector, VOTERS + 1).vote()

    def _check_told(self, category: str | None) -> None:
        if category is None:
            raise GalleryError(
                f"Checkpoint '{self.checkpoint.name}' ranks inside a category, and the photos of gallery "
                f"'{self.gallery.name}' have none; choose another checkpoint."
            )

    def check(self, mode: str, k: int, category: str | None) -> None:
        """Refuse what cannot be searched for, as `retrieve` tells."""
        if mode not in MODES:
            raise ZSBIRError(f"There is no mode {mode!r}; use 'category' or 'fine-grained'.")
        if mode not in self.checkpoint.modes:
            (other,) = self.checkpoint.modes
            raise CheckpointError(
                f"Checkpoint '{self.checkpoint.name}' was made for {other} search, not for {mode}; choose "
                f"another checkpoint, or that mode: --mode {other}, in Python mode={other!r}."
            )
        if not isinstance(k, int) or k < 1:
            raise ZSBIRError(f"The number of photos to find must be a whole number from 1 on, not {k!r}.")
        if category is not None and category not in self.index.categories:
            near = near_names(category, self.index.categories) or self.index.categories[:3]
            raise GalleryError(
                f"Gallery '{self.gallery.name}' has no photos of the category {category!r}"
                + (f"; near it are: {', '.join(near)}." if near else ": its photos have no categories.")
            )

    def hits(self, ranking: Ranking) -> list[Hit]:
        """Make hits of the ranked photos that are there."""
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
