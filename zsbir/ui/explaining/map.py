"""Map: the gallery's photos as points of a picture, and where a drawing stands among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zsbir.explain import gallery_map, place_drawing
from zsbir.families import choose
from zsbir.sentences import parts
from zsbir.ui.results import photo_entry

if TYPE_CHECKING:
    from zsbir.ui.explaining.question import Question
    from zsbir.ui.service import Service

POINTS = 6000  # of a larger gallery, photos at even distances in its list
NEAREST = 10  # photos that tell where a drawing stands
SCALE = 10_000  # coordinates are sent as whole numbers: finer than any screen


async def points(question: Question, service: Service) -> dict[str, Any]:
    """Answer with the photos in columns, and what the picture is worth.

    `{"x", "y", "ids", "of", "categories", "photos", "explained", "note"}`: `x` and `y` from -10,000 to
    10,000, y up; `of` each photo's number among `categories`; `photos` how many the gallery has, which may be
    more than there are points; `explained` the share of the variance that the two axes hold; `note` tells
    where another method stands in for the chosen one.
    """
    retriever = await service.opened(question.gallery, question.method, question.mode)
    laid_out = await service.explain(lambda: gallery_map(retriever))
    shown = slice(None, None, -(-len(laid_out.photos) // POINTS) or 1)
    photos = laid_out.photos[shown]
    x, y = (SCALE * laid_out.points[shown]).round().astype(int).T.tolist()
    categories = sorted({photo.category for photo in photos})
    numbers = {category: number for number, category in enumerate(categories)}
    return {
        "x": x,
        "y": y,
        "ids": [photo.id for photo in photos],
        "of": [numbers[photo.category] for photo in photos],
        "categories": categories,
        "photos": len(laid_out.photos),
        "note": parts(choose(question.method, question.mode, service.checkpoints).note),
        "explained": round(laid_out.explained, 4),
    }


async def place(question: Question, service: Service) -> dict[str, Any]:
    """Answer with where the drawing stands, `{"place": [x, y], "nearest": [photos with "x" and "y"]}`.

    The place is None where nothing is found.
    """
    drawing = question.drawing
    category = question.category if question.mode == "fine-grained" else None
    retriever = await service.opened(question.gallery, question.method, question.mode)

    def work() -> dict[str, Any]:
        result = retriever.retrieve(drawing, question.mode, NEAREST, category)
        stands = place_drawing(retriever, result)
        at = gallery_map(retriever).points
        nearest = []
        for hit in result.hits:
            x, y = at[retriever.index.place(hit.photo.id)]
            nearest.append({**photo_entry(hit, question.gallery), "x": _sent(x), "y": _sent(y)})
        return {"place": None if stands is None else [_sent(value) for value in stands], "nearest": nearest}

    return await service.explain(work)


def _sent(value: float) -> int:
    return round(SCALE * float(value))
