"""Seen or unseen: which categories training has shown a checkpoint, and how."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from zsbir.backbone_seen import SEEN, BackboneSeen, read_seen
from zsbir.checkpoint_results import RESULTS, read_results
from zsbir.errors import BackboneError, CheckpointError
from zsbir.names import shared_name

if TYPE_CHECKING:
    from pathlib import Path

    from zsbir.checkpoint import Checkpoint

log = logging.getLogger(__name__)

SKETCHES, NOT_BY_IT, UNKNOWN = "sketches", "not by it", "unknown"
STATUSES = {
    SKETCHES: "This method learnt from sketches and photos of it.",
    NOT_BY_IT: "This method learnt from nothing of that name; the backbone's card tells what that had seen.",
    UNKNOWN: "Nothing here tells what this checkpoint was trained on.",
}
"""What a status means, for people."""

ZERO_SHOT = "Zero-shot: the method has to find what nobody drew for it while it learnt."


def category_statuses(checkpoint: Checkpoint, categories: Iterable[str]) -> dict[str, str]:
    """Tell for each category whether a checkpoint's training saw it, one of `STATUSES`.

    Told is what its own `results.json` lists, under the names that all datasets share. What its backbone
    saw is another matter, and told by the backbone's card alone.

    Args:
        checkpoint: Any; plain CLIP learnt nothing of its own.
        categories: As a gallery names them.
    """
    learns = any(True for _ in checkpoint.method.parameters())
    trained = _trained(checkpoint.path) if learns else frozenset()
    if trained is None:
        return dict.fromkeys(categories, UNKNOWN)
    return {name: SKETCHES if shared_name(name) in trained else NOT_BY_IT for name in categories}


def backbone_seen(checkpoint: Checkpoint) -> BackboneSeen | None:
    """Tell what the backbone under a checkpoint learnt from; None where nothing beside its weights tells.

    That is in `seen.json`, wherever the backbone came from; a category counts with all its kinds.
    """
    folder = checkpoint.method.backbone.folder
    if folder is None:
        return None
    try:
        return _read(folder, (folder / SEEN).stat().st_mtime_ns)
    except OSError:
        return None


@lru_cache(maxsize=16)
def _read(folder: Path, modified: int) -> BackboneSeen | None:
    """Read once; a file that is damaged tells nothing, and that once in the log."""
    try:
        return read_seen(folder)
    except BackboneError as error:
        log.warning("%s", error)
        return None


def _trained(folder: Path) -> frozenset[str] | None:
    """The training categories that a run has written down; None where there is no such list."""
    try:
        return _listed(folder, (folder / RESULTS).stat().st_mtime_ns)
    except OSError:
        return None


@lru_cache(maxsize=64)
def _listed(folder: Path, modified: int) -> frozenset[str] | None:
    """Read once, for every search asks; `modified` keeps the cache honest."""
    try:
        results = read_results(folder, ["categories"])
    except CheckpointError as error:
        log.warning("%s", error)
        return None
    return frozenset(map(shared_name, results["categories"])) if results else None
