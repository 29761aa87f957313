"""Rank while drawing: where a photo stood, and what stood first, after each stroke."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zsbir import explain
from zsbir.ui.results import photo_entry

if TYPE_CHECKING:
    from zsbir.retriever import Retriever
    from zsbir.ui.explaining.question import Question
    from zsbir.ui.service import Service

FIRST = 8  # photos that are shown of each moment


async def answer(question: Question, service: Service) -> dict[str, Any]:
    """Answer with the moments, and with each photo that ever stood first once.

    `{"category": str | None, "searched", "moments": [{"strokes", "rank", "score", "first": [number in
    photos]}], "photos": [as in a search's answer]}`. In fine-grained mode the photo's own category was
    searched, whatever is chosen on the page.
    """
    retriever = await service.opened(question.gallery, question.method, question.mode)
    return await service.explain(lambda: _followed(retriever, question))


def _followed(retriever: Retriever, question: Question) -> dict[str, Any]:
    found = explain.rank_while_drawing(retriever, question.drawing, question.photo_id, question.mode, FIRST)
    hits = {hit.photo.id: hit for moment in found.moments for hit in moment.hits}
    number = {photo_id: i for i, photo_id in enumerate(hits)}
    return {
        "category": found.category,
        "searched": found.searched,
        "moments": [
            {
                "strokes": moment.strokes,
                "rank": moment.rank,
                "score": round(moment.score, 4),
                "first": [number[hit.photo.id] for hit in moment.hits],
            }
            for moment in found.moments
        ],
        "photos": [photo_entry(hit, question.gallery) for hit in hits.values()],
    }
