"""The photos of a gallery as vectors: built by one checkpoint, searched by the same."""

from zsbir.index.build import BuildReport, build_index, embed_shard
from zsbir.index.ranking import Ranking
from zsbir.index.search import PhotoIndex
from zsbir.index.shards import Shard
from zsbir.index.together import build_together

__all__ = [
    "BuildReport",
    "PhotoIndex",
    "Ranking",
    "Shard",
    "build_index",
    "build_together",
    "embed_shard",
]
