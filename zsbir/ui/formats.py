"""Drawings in other formats, for the sheet: what its buttons call, each answer a drawing or one sentence."""

from __future__ import annotations

import base64
import binascii
import functools
import logging
import threading
from collections.abc import Callable
from typing import Any

from zsbir.errors import DrawingError, ZSBIRError
from zsbir.images import open_image, trace_sketch
from zsbir.sentences import Sentence, parts
from zsbir.strokes import Drawing

SIDE = 600  # of the sheet, in its units
PICTURE_PIXELS = 4_000_000  # of a sketch that is sent as a picture; the page sends 1,600 x 1,600 at most
AT_ONCE = threading.BoundedSemaphore(
    2
)  # pictures that are redrawn; each takes a core for a quarter of a second
MORE = "The file holds {drawings} drawings or more; this is the first."
UNEXPECTED = "This could not be read for a reason the page does not know."

log = logging.getLogger(__name__)

Answer = dict[str, Any]


def _answering(work: Callable[[Any], Answer]) -> Callable[[Any], Answer]:
    """Whatever goes wrong becomes `{"trouble": sentence}`, as Gradio would show nothing but a number."""

    @functools.wraps(work)
    def answer(value: Any) -> Answer:
        try:
            return work(value)
        except ZSBIRError as error:
            return {"trouble": str(error)}
        except Exception:
            log.exception("%s failed.", work.__name__)
            return {"trouble": UNEXPECTED}

    return answer


@_answering
def read_drawing(value: Any) -> Answer:
    """Read `{"text": SVG, ndjson or JSON}`; answers `{"strokes", "note"}` on the sheet, as large as fits."""
    text = _text(value, "text")
    strokes = Drawing.from_text(text).placed(SIDE).to_json()["strokes"]
    lines = sum(1 for line in text.splitlines() if line.lstrip().startswith("{"))
    has_more = lines > 1 and '"drawing"' in text[:10_000]
    return {"strokes": strokes, "note": parts(Sentence(MORE, drawings=lines)) if has_more else ""}


@_answering
def write_drawing(value: Any) -> Answer:
    """Write `{"drawing": the page's JSON, "format": "svg" or "ndjson"}`; answers `{"text"}`."""
    drawing = Drawing.from_json(value["drawing"])
    if value["format"] == "svg":
        return {"text": drawing.to_svg()}
    return {"text": drawing.to_quickdraw(raw=True) + "\n"}


@_answering
def trace_picture(value: Any) -> Answer:
    """Redraw `{"picture": data URL}`, a sketch on paper, as `{"strokes"}` on the sheet."""
    image = open_image(decode_picture(_text(value, "picture")), max_pixels=PICTURE_PIXELS)
    with AT_ONCE:
        drawing = trace_sketch(image)
    return {"strokes": drawing.placed(SIDE).to_json()["strokes"]}


def decode_picture(data_url: str) -> bytes:
    """The bytes of a picture in a data URL; DrawingError if it is none."""
    try:
        return base64.b64decode(data_url.partition("base64,")[2], validate=True)
    except binascii.Error as error:
        raise DrawingError("The picture of the sketch is not valid base64. Open it again.") from error


def _text(value: Any, key: str) -> str:
    text = value.get(key) if isinstance(value, dict) else None
    if not isinstance(text, str):
        raise DrawingError(f'There is no "{key}" to read.')
    return text
