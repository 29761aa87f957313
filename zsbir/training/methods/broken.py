"""What a run leaves behind when its numbers stop being numbers."""

from __future__ import annotations

import json
from pathlib import Path

from zsbir.errors import ZSBIRError
from zsbir.training.methods.batches import BatchMaker

BROKEN = "broken-batch.json"


class NotFiniteError(ZSBIRError):
    """A tower gives numbers that are not finite; no metric may be taken of them."""


def broken_run(what: str, folder: Path, batches: BatchMaker, step: int) -> ZSBIRError:
    """Write the files of a step's batch beside the training state, and return the error that tells of it.

    Args:
        what: Is wrong, as the beginning of a sentence.
        folder: Of the training state.
        batches: Gave the step its batch.
        step: From 0, the last one that was begun.
    """
    seed, rank = batches.config.seed, batches.rank
    place = {"seed": seed, "step": step, "rank": rank, "world": batches.world}
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / BROKEN
    path.write_text(json.dumps(place | batches.files(step), indent=1) + "\n", encoding="utf-8")
    return ZSBIRError(
        f"{what} at step {step} (seed {seed}, process {rank}); the pictures of its batch are listed in "
        f"{path}: lower --lr and --norm-lr and begin again with another --state."
    )
