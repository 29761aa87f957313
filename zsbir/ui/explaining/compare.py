"""Compare: one drawing under several methods and modes, in lanes side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from pydantic import BaseModel, Field

from zsbir.errors import ZSBIRError
from zsbir.explain import Lane, compare
from zsbir.families import choose, readable
from zsbir.modes import MODES
from zsbir.sentences import parts
from zsbir.ui.results import photo_entry

if TYPE_CHECKING:
    from zsbir.explain import Compared
    from zsbir.retriever import Retriever
    from zsbir.ui.explaining.question import Question
    from zsbir.ui.service import Service

LANES = 12  # at most, the page's own included
PHOTOS = 8  # of each lane

# Their first search was made: it takes longer than all others, and shall not count as the method's time.
_warm: WeakSet[Retriever] = WeakSet()


class Way(BaseModel):
    """One way to search: a family and a mode."""

    method: str
    mode: str


class Asked(BaseModel):
    """What to compare with what is chosen on the page, which always is the first lane."""

    lanes: list[Way] = Field(default=[], max_length=LANES - 1)


async def answer(question: Question, service: Service) -> dict[str, Any]:
    """Answer with `{"lanes": [...], "ways": [{"method", "name", "mode", "note"}]}`.

    A lane is `{"method", "mode", "name", "note"}` with `{"trouble": sentence}`, or with `{"category",
    "assumed", "searched", "milliseconds", "photos"}`, where each photo has `moved`: by how many places it
    stands higher than in the first lane, None if that did not search it.

    Raises:
        ZSBIRError: The first lane cannot be searched.
    """
    drawing = question.drawing
    ways = [Way(method=question.method, mode=question.mode), *Asked.model_validate(question.more).lanes]
    opened = [await _opened(way, question, service) for way in ways]
    if isinstance(opened[0], ZSBIRError):
        raise opened[0]
    lanes = [lane for lane in opened if isinstance(lane, Lane)]

    def work() -> list[Compared]:
        for lane in lanes:
            if lane.retriever not in _warm:
                lane.retriever.retrieve(drawing, lane.mode, PHOTOS, lane.category)
                _warm.add(lane.retriever)
        return compare(drawing, lanes, PHOTOS)

    found = {id(compared.lane): compared for compared in await service.explain(work)}
    return {
        "lanes": [
            _named(way, service) | _told(lane, found.get(id(lane)), question.gallery)
            for way, lane in zip(ways, opened, strict=True)
        ],
        "ways": [
            _named(Way(method=family, mode=mode), service) for mode in MODES for family in service.families
        ],
    }


async def _opened(way: Way, question: Question, service: Service) -> Lane | ZSBIRError:
    category = question.category if way.mode == "fine-grained" else None
    try:
        retriever = await service.opened(question.gallery, way.method, way.mode)
        retriever.check(way.mode, PHOTOS, category)
    except ZSBIRError as error:
        return error
    return Lane(retriever, way.mode, category)


def _named(way: Way, service: Service) -> dict[str, Any]:
    """How a way is called, and the sentence that tells where another method stands in for it."""
    try:
        note = parts(choose(way.method, way.mode, service.checkpoints).note)
    except ZSBIRError as error:
        note = str(error)
    return {"method": way.method, "mode": way.mode, "name": readable(way.method), "note": note}


def _told(lane: Lane | ZSBIRError, compared: Compared | None, gallery: str) -> dict[str, Any]:
    if compared is None:
        return {"trouble": str(lane)}
    result = compared.result
    return {
        "category": result.category,
        "assumed": result.assumed,
        "searched": result.searched,
        "milliseconds": round(1000 * compared.seconds, 1),
        "photos": [
            {**photo_entry(hit, gallery), "moved": moved}
            for hit, moved in zip(result.hits, compared.moved, strict=True)
        ],
    }
