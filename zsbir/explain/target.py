"""The target game: a photo drawn by lot, and where it stands while somebody draws it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zsbir.errors import GalleryError
from zsbir.explain.photos import category_for
from zsbir.explain.scan import all_scores, rank_among

if TYPE_CHECKING:
    from PIL import Image

    from zsbir.gallery import Photo
    from zsbir.retriever import Retriever
    from zsbir.strokes import Drawing

ALIKE = 3  # objects that a category needs, so that telling them apart is a game


@dataclass(frozen=True)
class Standing:
    """Where a photo stands for a drawing.

    Attributes:
        photo: Which.
        score: Its cosine.
        rank: In the whole gallery, 1 for the best; None for methods that compare within a category only.
        searched: Photos in the whole gallery.
        rank_within: In its category.
        within: Photos of its category.
    """

    photo: Photo
    score: float
    rank: int | None
    searched: int
    rank_within: int
    within: int


def standing(retriever: Retriever, drawing: Drawing | Image.Image, photo_id: str) -> Standing:
    """Rank one photo for a drawing, in the gallery and in its category; one pass of one picture.

    Args:
        retriever: Whose gallery.
        drawing: Strokes, or a picture of a sketch.
        photo_id: The photo.

    Raises:
        DrawingError: Nothing has been drawn.
        GalleryError: The index does not have the photo.
    """
    index = retriever.index
    place = index.place(photo_id)
    photo = index.photos[place]
    needed = category_for(retriever, photo)
    query = retriever.embed(drawing, needed)[None]

    def rank_in(category: str | None) -> tuple[int, int, float]:
        places = index.places(category)
        scores = all_scores(index, query, places)[0]
        own = scores[np.searchsorted(places, place)]
        return int(rank_among(scores, own[None])[0]), len(places), float(own)

    rank_within, within, score = rank_in(photo.category or None)
    rank = None if needed else rank_in(None)[0]
    return Standing(photo, score, rank, len(index.photos), rank_within, within)


def draw_lot(
    photos: Iterable[Photo], number: int, turn: int, is_there: Callable[[Photo], bool] = lambda photo: True
) -> Photo:
    """Draw a photo by lot; the same number and gallery always give the same photos, turn by turn.

    Categories that show three or more objects are drawn from, where there are such: the drawing then has to
    tell one from the others. Every category has the same chance, however many photos it has, and none comes
    twice before all have come.

    Args:
        photos: Of a gallery.
        number: What the lots are drawn by.
        turn: 0 for the first photo.
        is_there: Whether a photo's file can be shown; others are passed over.

    Raises:
        GalleryError: There is no photo that can be shown.
    """
    by_category: defaultdict[str, list[Photo]] = defaultdict(list)
    for photo in photos:
        by_category[photo.category].append(photo)
    alike = [name for name, those in by_category.items() if _objects(those) >= ALIKE] or list(by_category)
    alike.sort(key=lambda name: _lot(number, name))
    for later in range(len(alike)):
        rounds, at = divmod(turn + later, len(alike))
        those = sorted(by_category[alike[at]], key=lambda photo: _lot(number, photo.id))
        for step in range(len(those)):
            photo = those[(rounds + step) % len(those)]
            if is_there(photo):
                return photo
    raise GalleryError("The gallery has no photo that can be shown; choose another one.")


def _objects(photos: Iterable[Photo]) -> int:
    """How many objects they show; a photo that names none shows one of its own."""
    return len({photo.instance or photo.id for photo in photos})


def _lot(number: int, name: str) -> bytes:
    return hashlib.sha256(f"{number}/{name}".encode()).digest()
