"""The typed endpoint `/search`: strokes in, photos out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypedDict

import gradio as gr

from zsbir.errors import ZSBIRError
from zsbir.modes import MODES, Mode
from zsbir.strokes import Drawing
from zsbir.ui.results import photo_entry
from zsbir.ui.service import Query, Service


class StrokeJSON(TypedDict):
    """One stroke; times `t` in milliseconds and pressures `p` may be there too."""

    x: list[float]
    y: list[float]


class DrawingJSON(TypedDict):
    """Strokes on a canvas."""

    width: float
    height: float
    strokes: list[StrokeJSON]


MAX_PHOTOS = 200


def search_endpoint(service: Service) -> Callable[..., Any]:
    """The function behind `/search`; gr.api reads its types and docstring but validates nothing."""

    async def search(
        drawing: DrawingJSON,
        mode: Mode = "category",
        top_k: int = 24,
        category: str = "",
        gallery: str = "",
        checkpoint: str = "",
    ) -> dict[str, Any]:
        """Find the photos that are closest to a drawing.

        Args:
            drawing: {"width": 600, "height": 600, "strokes": [{"x": [..], "y": [..]}, ...]}, in canvas units.
            mode: "category" ranks the whole gallery, "fine-grained" inside one category.
            top_k: how many photos, 1 to 200.
            category: search only in this one; empty for all, or in fine-grained mode for an assumed one.
            gallery: empty for the one the page starts with.
            checkpoint: a method such as "clip-at", of which the mode picks the checkpoint, or a checkpoint by
                its whole name; empty for the method that the page starts with.

        Returns:
            {"mode", "category", "assumed", "searched", "checkpoint", "note", "photos": [{"rank", "id",
            "category", "title", "score", "percentile", "credit", "licence", "source", "url"}, ...]}, best
            photo first. "checkpoint" ranked them; "note" is one sentence if it is of another method than was
            asked for.
        """

        def question() -> Query:
            return Query(
                drawing=Drawing.from_json(drawing),
                mode=_one_of("mode", mode, MODES),
                k=_whole("top_k", top_k, MAX_PHOTOS),
                category=category or None,
                gallery=_one_of("gallery", gallery, service.galleries),
                checkpoint=_one_of("checkpoint", checkpoint or service.family, names),
            )

        names = list(dict.fromkeys([*service.families, *service.checkpoints]))
        gallery = gallery or service.galleries[0]
        try:
            answer = await service.ask(question)
        except ZSBIRError as error:
            raise gr.Error(str(error), print_exception=False) from error
        result = answer.result
        return {
            "mode": result.mode,
            "category": result.category,
            "assumed": result.assumed,
            "searched": result.searched,
            "checkpoint": answer.checkpoint,
            "note": answer.note,
            "photos": [photo_entry(hit, gallery) for hit in result.hits],
        }

    return search


def _one_of(field: str, value: Any, known: Sequence[str]) -> str:
    if value not in known:
        raise ZSBIRError(f"{field} must be one of {', '.join(known)}, not {str(value)[:80]!r}.")
    return value


def _whole(field: str, value: Any, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise ZSBIRError(f"{field} must be a whole number from 1 to {most}, not {str(value)[:80]!r}.")
    return value
