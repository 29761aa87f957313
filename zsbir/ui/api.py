"""The typed endpoint `/search`: strokes in, photos out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Literal

import gradio as gr

from zsbir.errors import ZSBIRError
from zsbir.strokes import Drawing
from zsbir.ui.results import photo_entry
from zsbir.ui.service import Query, Service

MODES = ("category", "fine-grained")
MAX_PHOTOS = 200


def search_endpoint(service: Service) -> Callable[..., Any]:
    """The function behind `/search`; gr.api reads its types and docstring but validates nothing."""

    async def search(
        drawing: dict[str, Any],
        mode: Literal["category", "fine-grained"] = "category",
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
            checkpoint: empty for the one the page starts with.

        Returns:
            {"mode", "category", "assumed", "searched", "photos": [{"rank", "id", "category", "title",
            "score", "percentile", "credit", "licence", "source", "url"}, ...]}, best photo first.
        """
        try:
            query = Query(
                drawing=Drawing.from_json(drawing),
                mode=_one_of("mode", mode, MODES),
                k=_whole("top_k", top_k, MAX_PHOTOS),
                category=category or None,
                gallery=_one_of("gallery", gallery or service.galleries[0], service.galleries),
                checkpoint=_one_of("checkpoint", checkpoint or service.checkpoints[0], service.checkpoints),
            )
            answer = await asyncio.wrap_future(service.search(query))
        except ZSBIRError as error:
            raise gr.Error(str(error), print_exception=False) from error
        result = answer.result
        return {
            "mode": result.mode,
            "category": result.category,
            "assumed": result.assumed,
            "searched": answer.searched,
            "photos": [photo_entry(hit, query.gallery) for hit in result.hits],
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
