"""The page's service over what lies beside the package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from zsbir.families import default_family, families_of, family_of
from zsbir.ui.service import Service

if TYPE_CHECKING:
    from zsbir.retriever import Retriever


def bundled(
    gallery: str | Path = "everyday", checkpoint: str | Path | None = None, *, device: str = "auto"
) -> Service:
    """The service over the galleries and checkpoints that lie beside the package; imports no torch yet.

    Args:
        gallery: name or folder; a folder is shown by its own name, so that no path reaches a visitor.
        checkpoint: family, name, folder or Hub repository, likewise; None is the best family that the gallery
            is indexed for. What is named here is indexed if it has not been yet.
        device: "auto", "cpu", "cuda" or "mps".
    """
    from zsbir.checkpoint import list_checkpoints
    from zsbir.gallery import indexed_checkpoints, list_galleries

    def offered() -> dict[str, str]:
        return _by_name(gallery, list_galleries())

    names = list_checkpoints()
    family = checkpoint or default_family(names, indexed_checkpoints(gallery))
    checkpoints = {name: name for name in names}
    if family not in families_of(names):
        checkpoints = _by_name(family, names)
        family = family_of(next(iter(checkpoints)))

    def load(gallery: str, checkpoint: str) -> Retriever:
        from zsbir.lent import open_retriever

        return open_retriever(
            offered().get(gallery, gallery),
            checkpoints[checkpoint],
            device,
            open_guide=lambda name: service.retriever(gallery, name),
            # For what was named at the start alone: a visitor's choice shall not keep the others waiting.
            build=gallery == service.galleries[0] and family_of(checkpoint) == service.family,
        )

    def stamp(retriever: Retriever) -> object:
        from zsbir.index.sidecar import stamp_index

        return stamp_index(retriever.gallery, retriever.checkpoint)

    service = Service(lambda: list(offered()), list(checkpoints), load, str(family), stamp)
    return service


def _by_name(first: str | Path, others: list[str]) -> dict[str, str]:
    """What is shown -> what is opened; the first wins over another of the same name."""
    path = Path(first).expanduser()
    shown = path.resolve().name if path.is_dir() else str(first)
    if shown.startswith("hf://datasets/"):  # a gallery's name stands in the addresses of its photos
        shown = shown.partition("@")[0].rpartition("/")[2]
    return {shown: str(first)} | {name: name for name in others if name != shown}
