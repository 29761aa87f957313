"""The page: a sheet on one side, photos on the other, and the one event that joins them."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any

import gradio as gr

from zsbir.errors import ZSBIRError
from zsbir.families import readable
from zsbir.modes import READABLE_MODES
from zsbir.ui.api import search_endpoint
from zsbir.ui.drawings import Drawings, ForgottenError
from zsbir.ui.examples import examples
from zsbir.ui.results import Results, empty, forgotten, found, trouble
from zsbir.ui.service import Query, Service
from zsbir.ui.sketchpad import SheetValue, Sketchpad, static

ASSUMED = ("Assumed", "")
COUNTS = [12, 24, 48, 96]
LOADING = "Loading the model"
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
                gallery, family, top_k = _settings(service)
            with gr.Column(elem_id="zs-find"):
                mode, category = _question()
                results = Results(examples(), elem_id="zs-results")
        gr.HTML(static("foot.html"), apply_default_css=False, elem_id="zs-foot")
        quietly = {"show_progress": "hidden", "concurrency_limit": None, "api_visibility": "private"}
        drawings = Drawings()
        # One path for whatever changes the question, so that answers come in the order of the questions.
        gr.on(
            [pad.input, mode.input, category.input, top_k.input, gallery.input, family.input],
            _searcher(service, drawings),
            [pad, mode, category, top_k, gallery, family],
            [results, category],
            trigger_mode="always_last",
            **quietly,
        )
        describing = (_describer(service), [gallery, family, mode, category], [status, category])
        demo.load(_offerer(service), gallery, gallery, **quietly).then(*describing, **quietly)
        gr.on([gallery.input, family.input], *describing, trigger_mode="always_last", **quietly)
        demo.unload(_leaver(drawings))
        gr.api(search_endpoint(service), api_name="search", concurrency_limit=None)
    return demo


def _settings(service: Service) -> tuple[gr.Dropdown, gr.Dropdown, gr.Dropdown]:
    with gr.Row(elem_id="zs-settings"):
        gallery = gr.Dropdown(service.galleries, label="Gallery", filterable=False)
        families = [(readable(family), family) for family in service.families]
        family = gr.Dropdown(families, value=service.family, label="Method", filterable=False)
        top_k = gr.Dropdown(COUNTS, value=24, label="Photos", filterable=False)
    return gallery, family, top_k


def _question() -> tuple[gr.Radio, gr.Dropdown]:
    with gr.Row(elem_id="zs-ask"):
        modes = [(words, mode) for mode, words in READABLE_MODES.items()]
        mode = gr.Radio(modes, value="category", label="Search", elem_id="zs-mode")
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


def _searcher(service: Service, drawings: Drawings) -> Any:
    """The handler of the one event; errors come back as a sentence, the drawing stays where it is."""

    async def answer(
        sheet: SheetValue | None,
        mode: str,
        category: str,
        top_k: int,
        gallery: str,
        family: str,
        request: gr.Request,
    ) -> tuple[dict[str, Any], Any]:
        sheet, visitor = sheet or SheetValue(), str(request.session_hash)
        shown = {"visible": mode == "fine-grained"}
        if not (sheet.strokes or sheet.picture or sheet.kept):
            drawings.forget(visitor)
            return empty(sheet.seq), gr.update(value="", **shown)
        chosen = category if mode == "fine-grained" and category in service.categories(gallery) else None
        try:
            found_photos = await service.ask(
                lambda: Query(drawings.read(visitor, sheet), mode, top_k, chosen, gallery, family)
            )
        except ForgottenError:
            return forgotten(sheet.seq), gr.update(**shown)
        except ZSBIRError as error:
            return trouble(sheet.seq, str(error)), gr.update(**shown)
        except Exception:  # a mistake of ours: the page stays usable, the log has the details
            log.exception("A search failed.")
            return trouble(sheet.seq, UNEXPECTED), gr.update(**shown)
        return found(sheet.seq, found_photos, gallery), gr.update(**shown)

    return answer


def _leaver(drawings: Drawings) -> Any:
    """The handler of a page that is closed."""

    def leave(request: gr.Request) -> None:
        drawings.forget(str(request.session_hash))

    return leave


def _offerer(service: Service) -> Any:
    """The handler that offers the galleries that there are when a page is loaded."""

    def offer(gallery: str) -> Any:
        names = service.galleries
        chosen = {} if gallery in names or not names else {"value": names[0]}  # it may have been deleted
        return gr.update(choices=names, **chosen)

    return offer


def _describer(service: Service) -> Any:
    """The handler that says what is loading or loaded, and offers the gallery's categories."""

    async def describe(
        gallery: str, family: str, mode: str, category: str
    ) -> AsyncIterator[tuple[dict[str, str], Any]]:
        yield {"state": "loading", "text": LOADING}, gr.skip()
        try:
            opening = service.open(gallery, family, mode)
            async for doing in service.wait(opening):
                yield {"state": "loading", "text": doing or LOADING}, gr.skip()
            retriever = opening.result()
        except ZSBIRError as error:
            yield {"state": "trouble", "text": str(error)}, gr.skip()
            return
        except Exception:
            log.exception("The model could not be loaded.")
            yield {"state": "trouble", "text": UNLOADED}, gr.skip()
            return
        categories = retriever.gallery.categories
        text = f"{len(retriever.gallery.photos):,} photos in {len(categories):,} categories"
        if retriever.checkpoint.origin:
            text += f", searched with {retriever.checkpoint.origin}"
        # Capitals, because Gradio would translate words of its own, such as "radio".
        choices = [ASSUMED, *((name.replace("_", " ").capitalize(), name) for name in categories)]
        # Another method searches the same categories: what was chosen stays chosen.
        value = {} if category in categories else {"value": ""}
        yield {"state": "ready", "text": text}, gr.update(choices=choices, **value)

    return describe
