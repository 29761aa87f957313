"""The typed endpoint `/search`: strokes in, photos out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypedDict

import gradio as gr

from zsbir.errors import ZSBIRError
from zsbir.modes import MODES, Mode
from zsbir.strokes import Drawing
from zsbir.ui.answers import WEIGHT, Query
from zsbir.ui.results import photo_entry, standing_entry
from zsbir.ui.service import Service


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
        word: str = "",
        weight: float = WEIGHT,
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
            word: a word or a few that steer the ranking, such as "apple"; empty for the drawing alone.
            weight: how much the word counts, from 0 (the drawing alone) to 1 (the word alone).

        Returns:
            {"mode", "category", "assumed", "searched", "checkpoint", "note", "doubt", "word", "weight",
            "photos": [{"rank", "id", "category", "title", "score", "percentile", "searched", "above", "lead",
            "sketch", "word", "credit", "licence", "source", "url"}, ...]}, best photo first. "checkpoint"
            ranked them; "note" says if it is of another method than was asked for, or reads no words; "doubt"
            says so where perhaps nothing fits. "score" is the cosine with the drawing. In standard deviations
            of all searched scores, "above" tells how far a photo is above their mean, "sketch" and "word"
            what drawing and word gave of that, and "lead" how far it is ahead of the next photo.
        """

        def question() -> Query:
            return Query(
                drawing=Drawing.from_json(drawing),
                mode=_one_of("mode", mode, MODES),
                k=_whole("top_k", top_k, MAX_PHOTOS),
                category=category or None,
                gallery=_one_of("gallery", gallery, service.galleries),
                checkpoint=_one_of("checkpoint", checkpoint or service.family, names),
                word=_text("word", word),
                weight=_share("weight", weight),
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
            "doubt": answer.fit.says if answer.fit else "",
            "word": answer.word,
            "weight": answer.weight,
            "photos": [
                {**photo_entry(hit, gallery), **standing_entry(standing, result.searched)}
                for hit, standing in zip(result.hits, answer.standings, strict=True)
            ],
        }

    return search


def _one_of(field: str, value: Any, known: Sequence[str]) -> str:
    if value not in known:
        raise ZSBIRError(f"{field} must be one of {', '.join(known)}, not {str(value)[:80]!r}.")
    return value


def _text(field: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ZSBIRError(f"{field} must be text, not {str(value)[:80]!r}.")
    return value


def _share(field: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ZSBIRError(f"{field} must be a number from 0 to 1, not {str(value)[:80]!r}.")
    return float(value)


def _whole(field: str, value: Any, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise ZSBIRError(f"{field} must be a whole number from 1 to {most}, not {str(value)[:80]!r}.")
    return value
