"""`python -m zsbir evaluate`: open, embed once, score, print."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from zsbir.data.dataset import Dataset, open_dataset
from zsbir.errors import DataError
from zsbir.evaluation.embed import BATCH, embed_items
from zsbir.evaluation.protocols import Trial, zero_shot
from zsbir.evaluation.report import Report, format_report, make_report
from zsbir.evaluation.scoring import score
from zsbir.evaluation.sources import GALLERY_PREFIX, open_photos

if TYPE_CHECKING:
    from zsbir.checkpoint import Checkpoint


def main(args: argparse.Namespace) -> int:
    """Run the command with the arguments of `add_arguments`; return the exit status.

    Raises:
        ZSBIRError: The data or the checkpoint cannot be used; the caller shows the sentence.
    """
    from zsbir.checkpoint import load_checkpoint

    # The data first: a wrong path is told at once, not after the model has been loaded.
    # Class folders need not say what they hold; where the photos come from elsewhere, these are sketches.
    spec = _photos(args)
    sketches = open_dataset(args.data, modality="sketch" if spec else None)
    photos = open_photos(spec) if spec else None
    trial = zero_shot(
        sketches, photos, split=args.split, photo_split=args.photo_split, categories=args.categories
    )
    checkpoint = load_checkpoint(args.checkpoint, device=args.device)
    report = evaluate(trial, sketches, photos, checkpoint, raw_sketch=args.raw_sketch, batch=args.batch)
    if args.json:
        print(json.dumps(report.to_dict()), flush=True)  # one line, as all commands print
    else:
        print(format_report(report, per_category=args.per_category, confusions=args.confusions))
    return 0


def evaluate(
    trial: Trial,
    sketches: Dataset,
    photos: Dataset | None,
    checkpoint: Checkpoint,
    *,
    raw_sketch: bool = False,
    batch: int = BATCH,
) -> Report:
    """Measure a checkpoint under a protocol.

    Args:
        trial: Queries out of `sketches` and photos out of `photos`.
        sketches: The queries' dataset.
        photos: The gallery's dataset; None means the queries' own.
        checkpoint: Gives the method.
        raw_sketch: See `embed_items`.
        batch: Pictures that go through the model together.

    Raises:
        DataError: So many pictures are unreadable that nothing is left to search with or for.
    """
    method = checkpoint.method
    found = embed_items(trial.photos, photos or sketches, method, batch=batch)
    trial = trial.restricted(trial.queries, found.items)
    asked = embed_items(trial.queries, sketches, method, raw_sketch=raw_sketch, batch=batch)
    trial = trial.restricted(asked.items, found.items)
    data = {
        "protocol": "category zero-shot",
        "sketches": sketches.name,
        "split": trial.split,
        "photos": (photos or sketches).name,
        "photo_split": trial.photo_split,
    }
    return make_report(
        trial,
        score(trial, asked.vectors, found.vectors),
        data=data,
        checkpoint=_describe(checkpoint),
        broken=(*found.broken, *asked.broken),
    )


def _photos(args: argparse.Namespace) -> str | None:
    if args.photos and args.gallery:
        raise DataError("Photos can come from --photos or from --gallery, not from both; leave one out.")
    return GALLERY_PREFIX + args.gallery if args.gallery else args.photos


def _describe(checkpoint: Checkpoint) -> dict[str, str | int | None]:
    """What makes the numbers repeatable; evaluation itself draws no random numbers."""
    return {
        "name": checkpoint.name,
        "digest": checkpoint.digest,
        "backbone": checkpoint.method.backbone.name,
        "seed": checkpoint.config.get("config", {}).get("seed"),
    }
