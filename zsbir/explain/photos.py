"""One chosen photo: the category it is compared under, and others like it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from zsbir.index.ranking import Ranking

if TYPE_CHECKING:
    from zsbir.gallery import Photo
    from zsbir.hits import Hit
    from zsbir.retriever import Retriever


def category_for(retriever: Retriever, photo: Photo) -> str | None:
    """The category that a query has to be embedded under to be compared with a photo; None if under none.

    A method that needs a category has embedded the photo under the photo's own.
    """
    return photo.category if retriever.checkpoint.method.needs_category else None


def more_like(retriever: Retriever, photo_id: str, k: int = 24, category: str | None = None) -> list[Hit]:
    """Find the photos most like one of them, by its vector in the index; no picture passes the model.

    Methods that embed under a category can compare photos of the same category only, and search in it.

    Args:
        retriever: Whose gallery.
        photo_id: The photo, which is not among those found.
        k: How many photos to return at most, at least 1.
        category: Search only in this category; None searches everywhere.

    Raises:
        GalleryError: The index does not have the photo or the category.
    """
    place = retriever.index.place(photo_id)
    needed = category_for(retriever, retriever.index.photos[place])
    (vector,) = retriever.index.vectors(np.array([place]))
    found = retriever.index.search(vector, k + 1, category if needed is None else needed)
    others = [pair for pair in zip(found.photos, found.scores, strict=True) if pair[0].id != photo_id][:k]
    photos, scores = zip(*others, strict=True) if others else ((), ())
    return retriever.hits(Ranking(photos, scores, found.searched - 1))
