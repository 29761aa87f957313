"""The one function by which the page asks for explanations."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from zsbir.errors import ZSBIRError
from zsbir.ui.explaining import categories, compare, like, map, matches, photos, replay, strokes, target, word
from zsbir.ui.explaining.question import Question

if TYPE_CHECKING:
    from zsbir.ui.service import Service

UNREADABLE = "The page asked something this program does not know. Load the page again."
UNEXPECTED = "The explanation failed for a reason the page does not know. Look into the log."

Answer = dict[str, Any]

# What the page may ask -> what answers it.
KINDS: dict[str, Callable[[Question, Service], Awaitable[Answer]]] = {
    "categories": categories.answer,
    "compare": compare.answer,
    "map": map.points,
    "place": map.place,
    "photos": photos.answer,
    "like": like.answer,
    "matches": matches.answer,
    "replay": replay.answer,
    "rank": target.rank,
    "strokes": strokes.answer,
    "target": target.lot,
    "word": word.answer,
}

log = logging.getLogger(__name__)


def explainer(service: Service) -> Callable[[Any], Awaitable[Answer]]:
    """Return what answers the page's questions about its drawings; whatever goes wrong is one sentence."""

    async def explain(asked: Any) -> Answer:
        """Answer a `Question`, given as JSON; `{"trouble": sentence}` where that cannot be done."""
        try:
            question = Question.model_validate(asked)
            return await KINDS[question.what](question, service)
        except (ValidationError, KeyError):
            log.exception("A question was not understood.")
            return {"trouble": UNREADABLE}
        except ZSBIRError as error:
            return {"trouble": str(error)}
        except Exception:  # a mistake of ours: the page stays usable, the log has the details
            log.exception("An explanation failed.")
            return {"trouble": UNEXPECTED}

    return explain
