"""The photos of a gallery as vectors: built by one checkpoint, searched by the same."""

from zsbir.index.build import BuildReport, build_index
from zsbir.index.ranking import Ranking
from zsbir.index.search import PhotoIndex

__all__ = ["BuildReport", "PhotoIndex", "Ranking", "build_index"]
