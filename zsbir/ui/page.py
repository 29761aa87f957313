"""The page: a sheet on one side, photos on the other, and the one event that joins them."""

from __future__ import annotations

import asyncio
import base64
import binascii
import logging
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import gradio as gr

from zsbir.errors import DrawingError, ZSBIRError
from zsbir.images import open_image
from zsbir.strokes import Drawing
from zsbir.ui.api import search_endpoint
from zsbir.ui.examples import examples
from zsbir.ui.results import Results, empty, found, trouble
from zsbir.ui.service import Query, Service
from zsbir.ui.sketchpad import SheetValue, Sketchpad, static

if TYPE_CHECKING:
    from PIL.Image import Image

MODES = [("Category-level", "category"), ("Fine-grained", "fine-grained")]
ASSUMED = ("Assumed", "")
COUNTS = [12, 24, 48, 96]
PICTURE_PIXELS = 4_000_000  # of a sketch that is sent as a picture; the page sends 512 x 512
UNEXPECTED = "The search failed for a reason the page does not know. Draw on, or look into the log."
UNLOADED = "The model could not be loaded for a reason the page does not know. Look into the log."

log = logging.getLogger(__name__)


def build(service: Service) -> gr.Blocks:
    """Lay out the page around a service; nothing is loaded until somebody visits or `serve` starts it."""
    with gr.Blocks(title="zsbir: photos follow your pen", analytics_enabled=False, fill_width=True) as demo:
        with gr.Row(elem_id="zs-head"):
            gr.HTML(static("head.html"), apply_default_css=False)
            status = _status()
        with gr.Row(elem_id="zs-desk"):
            with gr.Column(elem_id="zs-draw"):
                pad = Sketchpad(elem_id="zs-pad")
                gallery, checkpoint, top_k = _settings(service)
            with gr.Column(elem_id="zs-find"):
                mode, category = _question()
                results = Results(examples(), elem_id="zs-results")
        gr.HTML(static("foot.html"), apply_default_css=False, elem_id="zs-foot")
        quietly = {"show_progress": "hidden", "concurrency_limit": None, "api_visibility": "private"}
        # One path for whatever changes the question, so that answers come in the order of the questions.
        gr.on(
            [pad.input, mode.input, category.input, top_k.input, gallery.input, checkpoint.input],
            _searcher(service),
            [pad, mode, category, top_k, gallery, checkpoint],
            [results, category],
            trigger_mode="always_last",
            **quietly,
        )
        gr.on(
            [demo.load, gallery.input, checkpoint.input],
            _describer(service),
            [gallery, checkpoint],
            [status, category],
            trigger_mode="always_last",
            **quietly,
        )
        gr.api(search_endpoint(service), api_name="search", concurrency_limit=None)
    return demo


def _settings(service: Service) -> tuple[gr.Dropdown, gr.Dropdown, gr.Dropdown]:
    with gr.Row(elem_id="zs-settings"):
        gallery = gr.Dropdown(service.galleries, label="Gallery", filterable=False)
        checkpoint = gr.Dropdown(service.checkpoints, label="Checkpoint", filterable=False)
        top_k = gr.Dropdown(COUNTS, value=24, label="Photos", filterable=False)
    return gallery, checkpoint, top_k


def _question() -> tuple[gr.Radio, gr.Dropdown]:
    with gr.Row(elem_id="zs-ask"):
        mode = gr.Radio(MODES, value="category", label="Search", elem_id="zs-mode")
        category = gr.Dropdown([ASSUMED], value="", label="Category", visible=False, elem_id="zs-category")
    return mode, category


def _status() -> gr.HTML:
    return gr.HTML(
        None,
        html_template='<p class="zs-status" role="status"></p>',
        js_on_load=static("status.js"),
        apply_default_css=False,
        elem_id="zs-status",
    )


def _searcher(service: Service) -> Any:
    """The handler of the one event; errors come back as a sentence, the drawing stays where it is."""

    async def answer(
        sheet: SheetValue | None, mode: str, category: str, top_k: int, gallery: str, checkpoint: str
    ) -> tuple[dict[str, Any], Any]:
        sheet = sheet or SheetValue()
        shown = {"visible": mode == "fine-grained"}
        if not sheet.strokes and not sheet.picture:
            return empty(sheet.seq), gr.update(value="", **shown)
        chosen = mode == "fine-grained" and category in service.categories(gallery)
        try:
            found_photos = await service.ask(
                lambda: Query(_drawing(sheet), mode, top_k, category if chosen else None, gallery, checkpoint)
            )
        except ZSBIRError as error:
            return trouble(sheet.seq, str(error)), gr.update(**shown)
        except Exception:  # a mistake of ours: the page stays usable, the log has the details
            log.exception("A search failed.")
            return trouble(sheet.seq, UNEXPECTED), gr.update(**shown)
        return found(sheet.seq, found_photos, gallery), gr.update(**shown)

    return answer


def _drawing(sheet: SheetValue) -> Drawing | Image:
    """Strokes, or the picture of a sketch; a picture already holds any strokes drawn on it."""
    if sheet.picture is None:
        return Drawing.from_json(sheet.model_dump(exclude={"picture", "seq"}, exclude_none=True))
    try:
        data = base64.b64decode(sheet.picture.partition("base64,")[2], validate=True)
    except binascii.Error as error:
        raise DrawingError("The picture of the sketch is not valid base64. Upload it again.") from error
    return open_image(data, max_pixels=PICTURE_PIXELS)


def _describer(service: Service) -> Any:
    """The handler that says what is loading or loaded, and offers the gallery's categories."""

    async def describe(gallery: str, checkpoint: str) -> AsyncIterator[tuple[dict[str, str], Any]]:
        yield {"state": "loading", "text": "Loading the model"}, gr.skip()
        try:
            retriever = await asyncio.wrap_future(service.open(gallery, checkpoint))
        except ZSBIRError as error:
            yield {"state": "trouble", "text": str(error)}, gr.skip()
            return
        except Exception:
            log.exception("The model could not be loaded.")
            yield {"state": "trouble", "text": UNLOADED}, gr.skip()
            return
        categories = retriever.gallery.categories
        text = f"{len(retriever.gallery.photos):,} photos in {len(categories):,} categories"
        # Capitals, because Gradio would translate words of its own, such as "radio".
        choices = [ASSUMED, *((name.replace("_", " ").capitalize(), name) for name in categories)]
        yield {"state": "ready", "text": text}, gr.update(choices=choices, value="")

    return describe
