"""More like this: a photo as the query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zsbir import explain
from zsbir.errors import ZSBIRError
from zsbir.ui.results import photo_entry

if TYPE_CHECKING:
    from zsbir.retriever import Retriever
    from zsbir.ui.explaining.question import Question
    from zsbir.ui.service import Service

MOST = 200


async def answer(question: Question, service: Service) -> dict[str, Any]:
    """Answer with `{"category": str | None, "photos": [as in a search's answer]}`, `more["k"]` of them.

    In fine-grained mode the photos are those of the same category.
    """
    retriever = await service.opened(question.gallery, question.method, question.mode)
    return await service.explain(lambda: _found(retriever, question))


def _found(retriever: Retriever, question: Question) -> dict[str, Any]:
    k = question.more.get("k", 24)
    if type(k) is not int or not 1 <= k <= MOST:
        raise ZSBIRError(f"The page may ask for 1 to {MOST} photos; load it again.")
    index = retriever.index
    photo = index.photos[index.place(question.photo_id)]
    category = photo.category or None if question.mode == "fine-grained" else None
    hits = explain.more_like(retriever, photo.id, k, category)
    return {"category": category, "photos": [photo_entry(hit, question.gallery) for hit in hits]}
