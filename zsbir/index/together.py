"""One index by several processes: each embeds its share, and the first writes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from zsbir.index.build import BuildReport, build_index, embed_shard, merge_shards
from zsbir.index.shards import BLOCK, Shard

if TYPE_CHECKING:
    from zsbir.checkpoint import Checkpoint
    from zsbir.gallery import Gallery
    from zsbir.workers import Workers


def build_together(
    gallery: Gallery,
    checkpoint: Checkpoint,
    workers: Workers,
    *,
    batch: int | None = None,
    progress: bool = True,
    block: int = BLOCK,
) -> BuildReport | None:
    """Build an index in all workers; byte for byte the one that `build_index` writes.

    Args:
        gallery: The same for all; where they are on several machines, on a disk that they share.
        checkpoint: Likewise.
        workers: This process among all.
        batch: Photos that go through the model together; None suits the device.
        progress: Let the first worker draw a bar on stderr.
        block: Photos that are dealt out together.

    Returns:
        What all did, in the first process; None in the others.

    Raises:
        GalleryError: No photo can be read, the folder cannot be written to, or another process is at it.
        CheckpointError: The method's embeddings are not finite.
    """
    if workers.world == 1:
        return build_index(gallery, checkpoint, batch=batch, progress=progress)
    started = time.perf_counter()
    shard = Shard(workers.rank + 1, workers.world, block)
    shown = progress and workers.is_first
    parts = workers.gather(embed_shard(gallery, checkpoint, shard, batch=batch, progress=shown))
    return workers.first(lambda: merge_shards(gallery, checkpoint, parts, started), lambda: None)
