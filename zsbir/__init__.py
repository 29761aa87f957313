"""zsbir: draw, and find photos; zero-shot sketch-based image retrieval with a frozen CLIP.

The names below are imported when they are first used, so that `import zsbir` stays light.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from zsbir.errors import ZSBIRError

if TYPE_CHECKING:
    from zsbir.retriever import Hit, Retriever
    from zsbir.strokes import Drawing

__version__ = "0.1.0"
__all__ = ["Drawing", "Hit", "Retriever", "ZSBIRError", "load"]

_HOMES = {"Drawing": "zsbir.strokes", "Hit": "zsbir.retriever", "Retriever": "zsbir.retriever"}


def load(gallery: str = "everyday", checkpoint: str = "plain", *, device: str = "auto") -> "Retriever":
    """Load a retriever: a gallery, its index and the checkpoint that made it; see `Retriever.load`."""
    return import_module("zsbir.retriever").Retriever.load(gallery, checkpoint, device=device)


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'zsbir' has no attribute {name!r}")
