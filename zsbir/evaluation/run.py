"""`python -m zsbir evaluate`: open, embed once, score, print."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from zsbir.errors import DataError
from zsbir.evaluation.evaluator import Evaluator, check_guide
from zsbir.evaluation.options import Options
from zsbir.evaluation.page import check_place, write_page
from zsbir.evaluation.protocols import PROTOCOLS
from zsbir.evaluation.report import make_report
from zsbir.evaluation.sources import GALLERY_PREFIX, open_photos, open_sketches
from zsbir.evaluation.text import format_report
from zsbir.families import best_guide

if TYPE_CHECKING:
    from zsbir.checkpoint import Checkpoint


def main(args: argparse.Namespace) -> int:
    """Run the command with the arguments of `add_arguments`; return the exit status.

    Raises:
        ZSBIRError: The data or the checkpoint cannot be used; the caller shows the sentence.
    """
    from zsbir.checkpoint import load_checkpoint

    # The data first: a wrong path is told at once, not after the model has been loaded.
    if args.report:
        check_place(Path(args.report))
    # Class folders need not say what they hold; where the photos come from elsewhere, these are sketches.
    spec = _photos(args)
    sketches = open_sketches(args.data, modality="sketch" if spec else None)
    photos = open_photos(spec) if spec else None
    trial = PROTOCOLS[args.protocol](sketches, photos, _options(args))
    checkpoint = load_checkpoint(args.checkpoint, device=args.device)
    evaluator = make_evaluator(
        checkpoint, guide=args.guide, device=args.device, raw_sketch=args.raw_sketch, batch=args.batch
    )
    outcome = evaluator.run(trial, sketches, photos)
    report = make_report(outcome)
    if args.report:
        write_page(Path(args.report), outcome, report, evaluator.embedder)
    if args.json:
        print(json.dumps(report.to_dict()), flush=True)  # one line, as all commands print
    else:
        print(format_report(report, confusions=args.confusions))
    return 0


def make_evaluator(
    checkpoint: Checkpoint, *, guide: str | None = None, device: str = "auto", **options: bool | int
) -> Evaluator:
    """Prepare a checkpoint for evaluation, with the guide that the page would take if it needs one.

    Args:
        checkpoint: What to measure.
        guide: Checkpoint that assumes categories; None takes one only where the method needs a category.
        device: For the guide.
        options: For `Evaluator`.

    Raises:
        CheckpointError: The guide cannot be loaded, or cannot be one.
    """
    from zsbir.checkpoint import list_checkpoints, load_checkpoint

    if guide is None and checkpoint.method.needs_category:
        names = list_checkpoints()
        guide = best_guide(names, names)
    if guide is None:
        return Evaluator(checkpoint, **options)
    knowing = load_checkpoint(guide, device=device)
    check_guide(knowing)
    return Evaluator(checkpoint, guide=Evaluator(knowing, **options), **options)


def _options(args: argparse.Namespace) -> Options:
    return Options(
        split=args.split,
        photo_split=args.photo_split,
        categories=args.categories,
        benchmark=args.benchmark,
        gzs_rule=args.gzs_rule,
        seed=args.seed,
    )


def _photos(args: argparse.Namespace) -> str | None:
    if args.photos and args.gallery:
        raise DataError("Photos can come from --photos or from --gallery, not from both; leave one out.")
    return GALLERY_PREFIX + args.gallery if args.gallery else args.photos
