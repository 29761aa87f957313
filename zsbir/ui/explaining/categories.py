"""Seen or unseen: every category of the gallery, and whether the method learnt from it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from zsbir.explain import STATUSES, ZERO_SHOT, category_statuses

if TYPE_CHECKING:
    from zsbir.ui.explaining.question import Question
    from zsbir.ui.service import Service


async def answer(question: Question, service: Service) -> dict[str, Any]:
    """Answer with `{"categories": [{"name", "status", "photos"}], "statuses", "zero_shot"}`."""
    retriever = await service.opened(question.gallery, question.method, question.mode)
    gallery = retriever.gallery
    counts = Counter(photo.category for photo in gallery.photos)
    statuses = category_statuses(retriever.checkpoint, gallery.categories)
    return {
        "categories": [
            {"name": name, "status": statuses[name], "photos": counts[name]} for name in gallery.categories
        ],
        "statuses": STATUSES,
        "zero_shot": ZERO_SHOT,
    }
