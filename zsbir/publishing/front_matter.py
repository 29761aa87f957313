"""The head of README.md, which tells the Hub how a Space runs, and what it takes from other repositories."""

from __future__ import annotations

from collections.abc import Sequence

from zsbir.hub import Snapshot
from zsbir.hub.reference import Reference


def write_readme(
    text: str, models: Sequence[Reference], datasets: Sequence[Reference], preloaded: Sequence[Snapshot]
) -> str:
    """Return a README.md with its head filled in.

    Args:
        text: README.md as it is here; it has a head.
        models: The model repositories that the Space opens.
        datasets: Likewise.
        preloaded: Of the models, those whose files are downloaded when the Space is built.
    """
    from huggingface_hub import SpaceCard

    card = SpaceCard(text, ignore_metadata_errors=False)
    card.data.models = [model.repo for model in models] or None
    card.data.datasets = [dataset.repo for dataset in datasets] or None
    card.data.preload_from_hub = [preload_line(snapshot) for snapshot in preloaded] or None
    return str(card)


def preload_line(snapshot: Snapshot) -> str:
    """Name what is downloaded of a repository: it, its files and the commit, as the Hub reads them."""
    files = sorted(
        path.relative_to(snapshot.folder).as_posix()
        for path in snapshot.folder.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.parts[-1:])
    )
    return f"{snapshot.reference.repo} {','.join(files)} {snapshot.reference.revision}"
