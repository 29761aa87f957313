"""Seen or unseen: every category of the gallery, and whether the method learnt from it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from zsbir.explain import STATUSES, ZERO_SHOT, backbone_seen, category_statuses
from zsbir.families import choose, family_of, readable
from zsbir.names import shared_name
from zsbir.sentences import parts

if TYPE_CHECKING:
    from zsbir.ui.explaining.question import Question
    from zsbir.ui.service import Service


async def answer(question: Question, service: Service) -> dict[str, Any]:
    """Answer with what is known of every category.

    `{"categories", "by", "note", "backbone", "backbone_says", "statuses", "zero_shot"}`, where a category is
    `{"name", "status", "photos", "never_drawn"}`: one of `zsbir.explain.STATUSES`, how many photos, and
    whether the backbone saw no sketch of it either. `backbone_says` is "" where nothing tells what the
    backbone learnt from, and then of no category is it claimed that it was never drawn.
    """
    retriever = await service.opened(question.gallery, question.method, question.mode)
    checkpoint, gallery = retriever.checkpoint, retriever.gallery
    choice = choose(question.method, question.mode, service.checkpoints)
    counts = Counter(photo.category for photo in gallery.photos)
    statuses = category_statuses(checkpoint, gallery.categories)
    seen = backbone_seen(checkpoint)
    never = seen.never_drawn if seen else frozenset()
    return {
        "categories": [
            {
                "name": name,
                "status": statuses[name],
                "photos": counts[name],
                "never_drawn": shared_name(name) in never,
            }
            for name in gallery.categories
        ],
        "by": readable(family_of(choice.checkpoint)),
        "note": parts(choice.note),
        "backbone": checkpoint.method.backbone.name,
        "backbone_says": seen.says if seen else "",
        "statuses": STATUSES,
        "zero_shot": ZERO_SHOT,
    }
