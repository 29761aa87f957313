"""The target game: which photo to draw, and where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zsbir.errors import ZSBIRError
from zsbir.ui.results import photo_card

if TYPE_CHECKING:
    from zsbir.ui.explaining.question import Question
    from zsbir.ui.service import Service

LARGEST = 10**9  # number to draw lots by, and turn


async def lot(question: Question, service: Service) -> dict[str, Any]:
    """Draw a photo by `more`'s number and turn; answers with `{"photo", "within", "searched"}`."""
    from zsbir.explain.target import draw_lot

    number, turn = (_whole(question.more.get(name)) for name in ("number", "turn"))
    retriever = await service.opened(question.gallery, question.method, question.mode)
    gallery = retriever.gallery
    photo = await service.explain(
        lambda: draw_lot(gallery.photos, number, turn, lambda photo: gallery.path(photo).is_file())
    )
    within = sum(other.category == photo.category for other in gallery.photos)
    return {
        "photo": photo_card(photo, question.gallery),
        "within": within,
        "searched": len(gallery.photos),
    }


async def rank(question: Question, service: Service) -> dict[str, Any]:
    """Answer with `{"rank" or null, "searched", "rank_within", "within", "score"}` of the photo."""
    from zsbir.explain.target import standing

    retriever = await service.opened(question.gallery, question.method, question.mode)
    found = await service.explain(lambda: standing(retriever, question.drawing, question.photo_id))
    return {
        "rank": found.rank,
        "searched": found.searched,
        "rank_within": found.rank_within,
        "within": found.within,
        "score": round(found.score, 4),
    }


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST:
        raise ZSBIRError("Lots are drawn by whole numbers from 0 on. Choose another number.")
    return value
