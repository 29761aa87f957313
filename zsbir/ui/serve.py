"""Serves the page first and loads the model behind it."""

from __future__ import annotations

import contextlib
import logging
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING

import gradio as gr
from starlette.middleware import Middleware

from zsbir import progress
from zsbir.errors import ZSBIRError
from zsbir.ui.assets import STATIC, asset_route, head
from zsbir.ui.languages import labels
from zsbir.ui.limits import BodyLimit, NoFiles
from zsbir.ui.photos import photo_route
from zsbir.ui.port import choose_port
from zsbir.ui.service import Service
from zsbir.ui.theme import theme

if TYPE_CHECKING:
    from zsbir.retriever import Retriever

log = logging.getLogger(__name__)


def serve(
    demo: gr.Blocks,
    service: Service,
    *,
    host: str | None = None,
    port: int | None = None,
    share: bool | None = None,
    block: bool = True,
) -> str:
    """Serve a page that `build` made, then start loading the model in the inference thread.

    Args:
        demo: the page.
        service: what the page searches with.
        host: address to listen on; None is this machine only, or what GRADIO_SERVER_NAME says.
        port: port to listen on; None takes what GRADIO_SERVER_PORT says, or the first free one from 7860.
        share: also open a public link through gradio.live, for one week.
        block: stay until Ctrl+C.

    Returns:
        The page's address.

    Raises:
        ZSBIRError: the port cannot be had, or the page cannot be served there.
    """
    port = choose_port(host, port)
    try:
        _, url, shared = demo.launch(
            server_name=host,
            server_port=port,
            share=share,
            prevent_thread_lock=True,
            quiet=True,
            run_history=False,
            footer_links=[],  # the page of the API asks for what is switched off, and is in English alone
            max_file_size="1mb",
            enable_monitoring=False,
            ssr_mode=False,
            pwa=False,
            theme=theme(),
            i18n=labels(),
            head=head(),
            favicon_path=str(STATIC / "page" / "favicon.png"),
            app_kwargs={
                "routes": [photo_route(service), asset_route()],
                "middleware": [Middleware(NoFiles), Middleware(BodyLimit)],
            },
        )
    except OSError as error:
        raise ZSBIRError(
            f"The page cannot be served on port {port} ({error}). Mend that and start again."
        ) from error
    service.open(service.galleries[0], service.family).add_done_callback(_tell_trouble)
    print(
        f"zsbir is at {url}" + (f" and, for a week, at {shared}" if shared else "") + " (Ctrl+C ends it)",
        flush=True,
    )
    if block:
        _stay(demo)
    return url


def _stay(demo: gr.Blocks) -> None:
    """Serve until Ctrl+C; Gradio's own `block_thread` waits five seconds more for pages that are open."""
    with contextlib.suppress(KeyboardInterrupt):
        while demo.is_running:
            time.sleep(0.1)
    progress.stop()
    demo.close(verbose=False)


def _tell_trouble(opening: Future[Retriever]) -> None:
    """Say on the terminal too what the page says to its visitors."""
    error = opening.exception()
    if isinstance(error, ZSBIRError):
        log.error("%s", error)
