"""The photos: a component that shows an answer as an accessible grid."""

from __future__ import annotations

import base64
import io
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import gradio as gr

from zsbir.sentences import parts
from zsbir.ui.assets import module, static

if TYPE_CHECKING:
    from PIL.Image import Image

    from zsbir.explain import Fit
    from zsbir.gallery import Photo
    from zsbir.retriever import Hit
    from zsbir.ui.answers import Answer, Standing


STYLES = (
    "results/tiles.css",
    "results/results.css",
    "results/viewer.css",
    "closer/leaves.css",
    "closer/strokes.css",
    "closer/matches.css",
    "closer/rank.css",
    "closer/like.css",
    "views/views.css",
    "views/categories.css",
    "views/compare.css",
    "views/map.css",
    "teach/class.css",
    "teach/strip.css",
    "teach/game.css",
    "teach/scores.css",
)


class Results(gr.HTML):
    """The example drawings while the sheet is empty, else photos and other views of the same drawing.

    `explain` answers what the views ask beside the searches; see `zsbir.ui.explaining`.
    """

    def __init__(
        self,
        examples: list[dict[str, Any]],
        explain: Callable[[Any], Awaitable[dict[str, Any]]],
        *,
        elem_id: str | None = None,
    ):
        super().__init__(
            None,
            html_template=static("results/results.html"),
            css_template=static(*STYLES),
            js_on_load=module("results/main.js"),
            server_functions=[explain],
            apply_default_css=False,
            elem_id=elem_id,
            examples=examples,
        )

    def api_info(self) -> dict[str, Any]:
        """The value is an answer as `found`, `empty`, `forgotten` or `trouble` makes it."""
        return {"type": "object"}

    def example_payload(self) -> dict[str, Any]:
        """An empty sheet."""
        return empty(0)

    def example_value(self) -> dict[str, Any]:
        """An empty sheet."""
        return empty(0)


def empty(seq: int) -> dict[str, Any]:
    """What the grid shows for an empty sheet; `seq` numbers the drawing it answers."""
    return {"state": "empty", "seq": seq}


def forgotten(seq: int) -> dict[str, Any]:
    """Asks the sheet to send the drawing again; nothing that is shown changes."""
    return {"state": "forgotten", "seq": seq}


def trouble(seq: int, message: str) -> dict[str, Any]:
    """A sentence in place of photos; the drawing stays."""
    return {"state": "trouble", "seq": seq, "message": message}


def found(seq: int, answer: Answer, gallery: str) -> dict[str, Any]:
    """Photos, the category they are ranked in, and the picture that the model saw."""
    result = answer.result
    return {
        "state": "found",
        "seq": seq,
        "gallery": gallery,
        "untrained": answer.method == "plain",
        "by": answer.by,
        "notes": [parts(note) for note in answer.notes],
        "mode": result.mode,
        "category": result.category,
        "assumed": result.assumed,
        "searched": result.searched,
        "seen": data_url(result.seen),
        "word": answer.word,
        "weight": answer.weight,
        "doubt": doubt_entry(answer.fit),
        "photos": [
            {
                **photo_entry(hit, gallery),
                **standing_entry(standing, result.searched),
                "status": answer.statuses.get(hit.category),
            }
            for hit, standing in zip(result.hits, answer.standings, strict=True)
        ],
    }


def doubt_entry(fit: Fit | None) -> dict[str, Any] | None:
    """What to tell where perhaps nothing fits: of drawings this unsure, `share`; what it is more like."""
    if fit is None or not fit.unsure:
        return None
    return {"says": fit.says, "share": list(fit.share), "guesses": list(fit.guesses)}


def standing_entry(standing: Standing, searched: int) -> dict[str, Any]:
    """How a hit stands among the searched photos, in standard deviations; null where nobody knows."""
    numbers = {name: value and round(float(value), 3) for name, value in asdict(standing).items()}
    return {**numbers, "searched": searched}


def photo_entry(hit: Hit, gallery: str) -> dict[str, Any]:
    """One hit as page and API show it; no field is called `path`, which gradio_client would download."""
    return {
        "rank": hit.rank,
        "score": round(float(hit.score), 4),
        "percentile": round(float(hit.percentile), 2),
        **photo_card(hit.photo, gallery),
    }


def photo_card(photo: Photo, gallery: str) -> dict[str, Any]:
    """What a gallery tells about one of its photos, and the address of its picture."""
    return {
        "id": photo.id,
        "category": photo.category,
        "title": photo.title,
        "credit": photo.credit,
        "licence": photo.licence,
        "source": photo.source,
        "url": f"photo/{quote(gallery, safe='')}/{quote(photo.id)}",
    }


def data_url(image: Image) -> str:
    """A small picture inside the answer, so that it costs no second request."""
    buffer = io.BytesIO()
    image.convert("L").save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
