"""The page: a sheet on one side, photos on the other, and the one event that joins them."""

from __future__ import annotations

from typing import Any

import gradio as gr

from zsbir.families import readable
from zsbir.modes import READABLE_MODES
from zsbir.ui.api import search_endpoint
from zsbir.ui.assets import module, static
from zsbir.ui.drawings import Drawings
from zsbir.ui.events import ASSUMED, describer, leaver, offerer, searcher, speaker, wisher
from zsbir.ui.examples import examples
from zsbir.ui.explaining import explainer
from zsbir.ui.languages import LANGUAGES, label
from zsbir.ui.results import Results
from zsbir.ui.service import Service
from zsbir.ui.sketchpad import Sketchpad
from zsbir.ui.word import Word

COUNTS = [12, 24, 48, 96]
QUIETLY = {"show_progress": "hidden", "concurrency_limit": None, "api_visibility": "private"}
# What is chosen, for the parts of the page that live in the browser: its link, and what survives a reload.
TELL_SETTINGS = """(mode, gallery, method, chosen, told) => {
    const category = mode === "fine-grained" && chosen ? chosen : null;
    const { word, weight } = told?.word ? told : { word: null, weight: null };
    const detail = { mode, gallery, method, category, word, weight };
    window.zsbirSettings = detail; // for scripts that arrive later than this
    document.dispatchEvent(new CustomEvent("zsbir:settings", { detail }));
}"""


def build(service: Service) -> gr.Blocks:
    """Lay out the page around a service; nothing is loaded until somebody visits or `serve` starts it."""
    with gr.Blocks(title="zsbir: photos follow your pen", analytics_enabled=False, fill_width=True) as demo:
        with gr.Row(elem_id="zs-head"):
            _part("name")
            status = _status()
        with gr.Row(elem_id="zs-desk"):
            with gr.Column(elem_id="zs-draw"):
                pad = Sketchpad(elem_id="zs-pad")
                gallery, family, top_k = _settings(service)
            with gr.Column(elem_id="zs-find"):
                mode, category, word = _question()
                results = Results(examples(), explainer(service), elem_id="zs-results")
        _part("foot", languages=LANGUAGES)
        drawings = Drawings()
        # One path for whatever changes the question, so that answers come in the order of the questions.
        asking = [pad, mode, category, top_k, gallery, family, word]
        searching = (searcher(service, drawings), asking, [results, category])
        gr.on([each.input for each in asking], *searching, trigger_mode="always_last", **QUIETLY)
        describing = (describer(service), [gallery, family, mode, category], [status, category])
        labelled = {"Gallery": gallery, "Method": family, "Photos": top_k, "Category": category}
        demo.load(speaker(*labelled), None, [*labelled.values(), mode], **QUIETLY)
        demo.load(offerer(service), gallery, gallery, **QUIETLY).then(*describing, **QUIETLY)
        gr.on([gallery.input, family.input], *describing, trigger_mode="always_last", **QUIETLY)
        wished = pad.wish(wisher(service), None, [mode, gallery, family, word], **QUIETLY)
        wished.then(*searching, **QUIETLY)
        wished.then(*describing, **QUIETLY)
        settings = [mode, gallery, family, category, word]
        gr.on([demo.load, *(setting.change for setting in settings)], None, settings, js=TELL_SETTINGS)
        demo.unload(leaver(drawings))
        gr.api(search_endpoint(service), api_name="search", concurrency_limit=None)
    return demo


def _settings(service: Service) -> tuple[gr.Dropdown, gr.Dropdown, gr.Dropdown]:
    with gr.Row(elem_id="zs-settings"):
        gallery = gr.Dropdown(service.galleries, label=label("Gallery"), filterable=False)
        families = [(readable(family), family) for family in service.families]
        family = gr.Dropdown(families, value=service.family, label=label("Method"), filterable=False)
        top_k = gr.Dropdown(COUNTS, value=24, label=label("Photos"), filterable=False)
    return gallery, family, top_k


def _question() -> tuple[gr.Radio, gr.Dropdown, Word]:
    with gr.Row(elem_id="zs-ask"):
        modes = [(label(words), mode) for mode, words in READABLE_MODES.items()]
        mode = gr.Radio(modes, value="category", label=label("Search"), elem_id="zs-mode")
        word = Word(elem_id="zs-word")
        category = gr.Dropdown(
            [(ASSUMED, "")], value="", label=label("Category"), visible=False, elem_id="zs-category"
        )
    return mode, category, word


def _part(name: str, **props: Any) -> gr.HTML:
    """The name at the head of the page, or its foot."""
    return gr.HTML(
        None,
        html_template=static(f"page/{name}.html"),
        js_on_load=module(f"page/{name}.js"),
        apply_default_css=False,
        elem_id=f"zs-{name}",
        **props,
    )


def _status() -> gr.HTML:
    return gr.HTML(
        None,
        html_template='<p class="zs-status" role="status"></p>',
        js_on_load=module("page/status.js"),
        apply_default_css=False,
        elem_id="zs-status",
    )
