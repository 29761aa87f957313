"""The page in the browser: draw, and photos follow."""

from __future__ import annotations

import os

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

from zsbir.ui.bundled import bundled
from zsbir.ui.page import build
from zsbir.ui.serve import serve
from zsbir.ui.service import Answer, Query, Service

__all__ = ["Answer", "Query", "Service", "build", "bundled", "launch", "serve"]


def launch(
    gallery: str = "everyday",
    checkpoint: str | None = None,
    *,
    host: str | None = None,
    port: int | None = None,
    device: str = "auto",
    share: bool | None = None,
    block: bool = True,
) -> str:
    """Build the page for a gallery and a checkpoint, and serve it; see `bundled` and `serve`."""
    service = bundled(gallery, checkpoint, device=device)
    return serve(build(service), service, host=host, port=port, share=share, block=block)
