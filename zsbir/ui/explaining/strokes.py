"""Which strokes matter: what a photo's score loses without each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zsbir import explain

if TYPE_CHECKING:
    from zsbir.retriever import Retriever
    from zsbir.ui.explaining.question import Question
    from zsbir.ui.service import Service


async def answer(question: Question, service: Service) -> dict[str, Any]:
    """Answer with `{"score", "strokes": [{"drop", "weight", "group"}]}`, a stroke for each that was drawn."""
    retriever = await service.opened(question.gallery, question.method, question.mode)
    return await service.explain(lambda: _measured(retriever, question))


def _measured(retriever: Retriever, question: Question) -> dict[str, Any]:
    found = explain.stroke_importance(retriever, question.drawing, question.photo_id)
    columns = zip(found.drops, found.weights, found.groups, strict=True)
    return {
        "score": round(found.score, 4),
        "strokes": [
            {"drop": round(drop, 4), "weight": round(weight, 3), "group": group}
            for drop, weight, group in columns
        ],
    }
