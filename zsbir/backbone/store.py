"""One loaded backbone for all checkpoints of a process that stand on it."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from zsbir.backbone.backbone import Backbone
from zsbir.backbone.device import choose_device, choose_dtype
from zsbir.backbone.files import find_backbone
from zsbir.backbone.load import open_backbone
from zsbir.folders import BUNDLED_BACKBONE

if TYPE_CHECKING:
    from torch import Tensor

# Weak: a backbone lives as long as a checkpoint that stands on it.
_SHARED: WeakValueDictionary[tuple, Backbone] = WeakValueDictionary()
_LOADING = threading.Lock()


def shared_backbone(
    name: str | Path = BUNDLED_BACKBONE,
    pretrained: str | None = None,
    *,
    device: str = "auto",
    precision: str = "auto",
    revision: str | None = None,
) -> Backbone:
    """Load a frozen CLIP, or return the one that is loaded already; see `load_backbone`.

    Nobody may change it: training that does loads its own. The same files on one device in one number
    format are one backbone. Files that were rewritten meanwhile are another one.
    """
    where = choose_device(device)
    files = find_backbone(name, pretrained, revision)
    key = (files.name, files.identity, str(where), choose_dtype(precision, where))
    with _LOADING:
        backbone = _SHARED.get(key)
        if backbone is None:
            backbone = open_backbone(files, device=device, precision=precision)
            _SHARED[key] = backbone
    return backbone


def count_bytes(tensors: Iterable[Tensor]) -> int:
    """Return the bytes that tensors take in memory; what several of them share counts once."""
    storages = {storage.data_ptr(): storage.nbytes() for storage in (t.untyped_storage() for t in tensors)}
    return sum(storages.values())
