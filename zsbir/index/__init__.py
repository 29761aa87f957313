"""The photos of a gallery as vectors: built by one checkpoint, searched by the same.

The names below are imported when they are first used, so that what an index tells about itself is read
without faiss and torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zsbir.index.build import BuildReport, build_index, embed_shard
    from zsbir.index.ensure import ensure_index
    from zsbir.index.ranking import Ranking
    from zsbir.index.search import PhotoIndex
    from zsbir.index.shards import Shard
    from zsbir.index.together import build_together

_HOMES = {
    "BuildReport": "zsbir.index.build",
    "PhotoIndex": "zsbir.index.search",
    "Ranking": "zsbir.index.ranking",
    "Shard": "zsbir.index.shards",
    "build_index": "zsbir.index.build",
    "build_together": "zsbir.index.together",
    "embed_shard": "zsbir.index.build",
    "ensure_index": "zsbir.index.ensure",
}

__all__ = [
    "BuildReport",
    "PhotoIndex",
    "Ranking",
    "Shard",
    "build_index",
    "build_together",
    "embed_shard",
    "ensure_index",
]


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'zsbir.index' has no attribute {name!r}")
