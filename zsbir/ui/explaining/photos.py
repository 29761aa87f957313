"""Photos by themselves, as no search found them: some that are named, or those of one category."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field

from zsbir.ui.results import photo_card

if TYPE_CHECKING:
    from zsbir.ui.explaining.question import Question
    from zsbir.ui.service import Service

MOST = 120  # photos at once


class Asked(BaseModel):
    """Which photos: those with these ids, or of this category."""

    ids: list[str] = Field(default=[], max_length=MOST)
    of: str | None = None


async def answer(question: Question, service: Service) -> dict[str, Any]:
    """Answer with `{"photos": [...]}`, as many as there are and at most 120, in the gallery's order."""
    asked = Asked.model_validate(question.more)
    retriever = await service.opened(question.gallery, question.method, question.mode)
    ids = set(asked.ids)
    photos = (photo for photo in retriever.gallery.photos if photo.id in ids or photo.category == asked.of)
    return {"photos": [photo_card(photo, question.gallery) for photo in islice(photos, MOST)]}
