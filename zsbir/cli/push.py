"""`python -m zsbir push`: a checkpoint or a backbone goes to the Hugging Face Hub."""

from __future__ import annotations

import argparse

from zsbir.cli.parcels import add_push_arguments, deliver, destination

NAME = "push"
SUMMARY = "upload a checkpoint or a backbone to the Hugging Face Hub"
DETAILS = """Upload a checkpoint or a backbone, with a model card, to a repository of the Hugging Face Hub.
Without --yes nothing is sent: you see the card, the files, and what stays here and why.

  python -m zsbir push clip-at-category USER/clip-at-category         what would be uploaded
  python -m zsbir push clip-at-category USER/clip-at-category --yes   upload it, and print its commit
  python -m zsbir push zsbir-tiny USER/zsbir-tiny --yes               the backbone itself

Under its own name, as above, it also fits the indexes that galleries have for it.
Log in first with `hf auth login`, or set HF_TOKEN to a token that may write."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `run` reads."""
    parser.add_argument(
        "source", metavar="CHECKPOINT", help="checkpoint or backbone of this machine, by name or folder"
    )
    add_push_arguments(parser, "USER/REPO")
    parser.add_argument(
        "--backbone",
        metavar="USER/REPO@COMMIT",
        help="where on the Hub others find the backbone, if the checkpoint's own is on this machine alone",
    )


def run(args: argparse.Namespace) -> int:
    """Print what would be uploaded, or upload it."""
    from zsbir.hub.reference import Reference
    from zsbir.publishing.model import pack_model, require_same_backbone

    to = destination(args, "model")
    backbone = Reference.parse(args.backbone) if args.backbone else None
    parcel = pack_model(args.source, to, backbone)
    if backbone and args.yes:
        require_same_backbone(args.source, backbone)
    return deliver(parcel, args)
