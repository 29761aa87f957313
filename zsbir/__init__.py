"""zsbir: draw, and find photos; zero-shot sketch-based image retrieval with a frozen CLIP.

The names below are imported when they are first used, so that `import zsbir` stays light.
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from zsbir.errors import ZSBIRError

if TYPE_CHECKING:
    from zsbir.retriever import Hit, Retriever
    from zsbir.strokes import Drawing

__version__ = "0.1.0"
__all__ = ["Drawing", "Hit", "Retriever", "ZSBIRError", "load"]

_HOMES = {"Drawing": "zsbir.strokes", "Hit": "zsbir.retriever", "Retriever": "zsbir.retriever"}


def load(gallery: str = "everyday", checkpoint: str | None = None, *, device: str = "auto") -> "Retriever":
    """Load a retriever: a gallery, a checkpoint, and the index that the checkpoint makes of the gallery.

    Args:
        gallery: Name or folder of a gallery, or of the Hub as "hf://datasets/user/name". A checkpoint of the
            Hub may stand here alone, as "user/repo@REVISION": it searches the bundled gallery then.
        checkpoint: Name, folder, or of the Hub; None is plain CLIP. See `zsbir.checkpoint.load_checkpoint`.
        device: "auto", "cpu", "cuda" or "mps".

    Returns:
        Ready to search. Where there is no index yet it is made first, with a progress bar, and kept.

    Raises:
        ZSBIRError: One sentence that says what is missing or damaged, and what to do; see `Retriever.load`.
    """
    if checkpoint is None and _names_checkpoint(gallery):
        gallery, checkpoint = "everyday", gallery
    retriever = import_module("zsbir.retriever").Retriever
    return retriever.load(gallery, checkpoint or "plain", device=device, build=True)


def _names_checkpoint(name: str) -> bool:
    """Whether what stands for a gallery is a repository of the Hub that holds no gallery, and no folder."""
    from zsbir.hub import means_repository

    return means_repository(name) and not name.startswith("hf://datasets/") and not Path(name).is_dir()


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'zsbir' has no attribute {name!r}")
