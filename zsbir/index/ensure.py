"""An index where there is none yet: made here, or waited for while another process makes it."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING

from zsbir import progress
from zsbir.errors import GalleryBusyError
from zsbir.index.build import build_index
from zsbir.index.sidecar import has_index, new_index_folder
from zsbir.index.working import work_of

if TYPE_CHECKING:
    from zsbir.checkpoint import Checkpoint
    from zsbir.gallery import Gallery

log = logging.getLogger(__name__)

STALL = (
    600.0  # seconds without a block of photos done, after which nobody waits for the other process any more
)
LOOK = 0.5  # seconds from one look to the next


def ensure_index(gallery: Gallery, checkpoint: Checkpoint) -> None:
    """Make the index of a gallery for a checkpoint if there is none; one that does not fit is left alone.

    While another process makes it, that is told once and waited for, as long as it gets on. Should it be
    stopped, this process goes on where it was.

    Raises:
        GalleryError: As `build_index`; or the other process holds the index and does not get on.
        CheckpointError: The method's embeddings are not finite.
    """
    seen: list[Path] | None = None
    last = time.monotonic()
    while not has_index(gallery, checkpoint):
        progress.check()
        try:
            build_index(gallery, checkpoint)
        except GalleryBusyError:
            if seen is None:
                log.warning("Another process is indexing gallery '%s'; waiting for it.", gallery.name)
            done = work_of(new_index_folder(gallery, checkpoint))
            if done != seen:
                seen, last = done, time.monotonic()
            elif time.monotonic() - last >= STALL:
                raise
            time.sleep(LOOK)
