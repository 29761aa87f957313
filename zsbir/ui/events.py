"""What happens when somebody draws, chooses or leaves: the handlers behind the page."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any

import gradio as gr

from zsbir.errors import SupersededError, ZSBIRError
from zsbir.families import choose, family_of, readable
from zsbir.modes import MODES, READABLE_MODES
from zsbir.sentences import Sentence, parts
from zsbir.ui.drawings import Drawings, ForgottenError
from zsbir.ui.languages import asked, named, relabelled, said, spoken, unaccented
from zsbir.ui.results import empty, forgotten, found, trouble
from zsbir.ui.service import Query, Service
from zsbir.ui.sketchpad import SheetValue
from zsbir.ui.word import WordValue, wished_word

ASSUMED = "Assumed"
LOADING = "Loading the model"
UNEXPECTED = "The search failed for a reason the page does not know. Draw on, or look into the log."
UNLOADED = "The model could not be loaded for a reason the page does not know. Look into the log."
READY = "{photos} photos in {categories} categories"
READY_FROM = "{photos} photos in {categories} categories, searched with {origin}"
NOT_THERE = {
    "mode": "This page has no mode “{value}”, which the link asks for.",
    "gallery": "This page has no gallery “{value}”, which the link asks for.",
    "method": "This page has no method “{value}”, which the link asks for.",
}

log = logging.getLogger(__name__)


def searcher(service: Service, drawings: Drawings) -> Any:
    """The handler of the one event; errors come back as a sentence, the drawing stays where it is."""

    async def answer(
        sheet: SheetValue | None,
        mode: str,
        category: str,
        top_k: int,
        gallery: str,
        family: str,
        told: WordValue | None,
        request: gr.Request,
    ) -> tuple[dict[str, Any], Any]:
        sheet, visitor = sheet or SheetValue(), str(request.session_hash)
        shown = {"visible": mode == "fine-grained"}
        if not (sheet.strokes or sheet.picture or sheet.kept):
            drawings.forget(visitor)
            return empty(sheet.seq), gr.update(value="", **shown)
        chosen = category if mode == "fine-grained" and category in service.categories(gallery) else None
        told = told or WordValue()

        def question() -> Query:
            drawing = drawings.read(visitor, sheet)
            return Query(drawing, mode, top_k, chosen, gallery, family, told.word, told.weight)

        try:
            found_photos = await service.ask(question, visitor)
        except SupersededError:
            return gr.skip(), gr.skip()
        except ForgottenError:
            return forgotten(sheet.seq), gr.update(**shown)
        except ZSBIRError as error:
            return trouble(sheet.seq, str(error)), gr.update(**shown)
        except Exception:  # a mistake of ours: the page stays usable, the log has the details
            log.exception("A search failed.")
            return trouble(sheet.seq, UNEXPECTED), gr.update(**shown)
        return found(sheet.seq, found_photos, gallery), gr.update(**shown)

    return answer


def leaver(drawings: Drawings) -> Any:
    """The handler of a page that is closed."""

    def leave(request: gr.Request) -> None:
        drawings.forget(str(request.session_hash))

    return leave


def offerer(service: Service) -> Any:
    """The handler that offers the galleries that there are when a page is loaded."""

    def offer(gallery: str) -> Any:
        names = service.galleries
        chosen = {} if gallery in names or not names else {"value": names[0]}  # it may have been deleted
        return gr.update(choices=names, **chosen)

    return offer


def speaker(*texts: str) -> Any:
    """The handler that speaks the address's language: controls with these labels, and the modes."""

    def speak(request: gr.Request) -> list[Any]:
        language = asked(request)
        if not language:  # Gradio speaks the browser's
            return [gr.skip()] * (len(texts) + 1)
        modes = [(said(language, words), mode) for mode, words in READABLE_MODES.items()]
        return [*relabelled(language, *texts), gr.update(label=said(language, "Search"), choices=modes)]

    return speak


def describer(service: Service) -> Any:
    """The handler that says what is loading or loaded, and offers the gallery's categories."""

    async def describe(
        gallery: str, family: str, mode: str, category: str, request: gr.Request | None = None
    ) -> AsyncIterator[tuple[dict[str, Any], Any]]:
        yield _status("loading", LOADING), gr.skip()
        try:
            opening = service.open(gallery, family, mode)
            async for doing in service.wait(opening):
                yield _status("loading", doing or LOADING), gr.skip()
            retriever = opening.result()
        except ZSBIRError as error:
            yield _status("trouble", str(error)), gr.skip()
            return
        except Exception:
            log.exception("The model could not be loaded.")
            yield _status("trouble", UNLOADED), gr.skip()
            return
        categories = retriever.gallery.categories
        counts = {"photos": len(retriever.gallery.photos), "categories": len(categories)}
        origin = retriever.checkpoint.origin
        ready = Sentence(READY_FROM, **counts, origin=origin) if origin else Sentence(READY, **counts)
        choices = _choices(categories, spoken(request))
        # Another method searches the same categories: what was chosen stays chosen.
        value = {} if category in categories else {"value": ""}
        by = readable(family_of(choose(family, mode, service.checkpoints).checkpoint))
        using = {"using": {"gallery": gallery, "method": by}}  # what a projector tells, which has no choosers
        yield _status("ready", ready, *retriever.index.notes) | using, gr.update(choices=choices, **value)

    return describe


def _status(state: str, *sentences: str) -> dict[str, Any]:
    return {"state": state, "says": [parts(sentence) for sentence in sentences]}


def _choices(categories: list[str], language: str) -> list[tuple[str, str]]:
    # Capitals, because Gradio would translate words of its own, such as "radio".
    names = [(named(language, name), name) for name in categories]
    return [(said(language, ASSUMED), ""), *sorted(names, key=lambda pair: unaccented(pair[0]))]


def wisher(service: Service) -> Any:
    """The handler of settings that a link brings: those that there are become chosen, others are told.

    A word comes with its weight.
    """

    def wish(wished: gr.EventData, request: gr.Request | None = None) -> tuple[Any, Any, Any, Any]:
        there = {"mode": list(MODES), "gallery": service.galleries, "method": service.families}
        updates = []
        for name, known in there.items():
            value = getattr(wished, name, None)
            if value is not None and value not in known:
                gr.Warning(said(spoken(request), NOT_THERE[name], value=str(value)[:80]))
            updates.append(gr.update(value=value) if value in known else gr.skip())
        word = getattr(wished, "word", None)
        told = gr.skip() if word is None else wished_word(word, getattr(wished, "weight", None))
        return (*updates, told)

    return wish
