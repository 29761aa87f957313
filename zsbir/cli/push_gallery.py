"""`python -m zsbir push-gallery`: a gallery goes to the Hugging Face Hub."""

from __future__ import annotations

import argparse

from zsbir.cli.parcels import add_push_arguments, deliver, destination

NAME = "push-gallery"
SUMMARY = "upload a gallery to the Hugging Face Hub"
DETAILS = """Upload the photos of a gallery and its indexes, with a dataset card, to a dataset repository of
the Hugging Face Hub. Without --yes nothing is sent: you see the card, the files, and what stays here.

  python -m zsbir push-gallery mine USER/my-photos          what would be uploaded
  python -m zsbir push-gallery mine USER/my-photos --yes    upload it

Photos that an index has left out, since they cannot be read, stay here. Photos and indexes in the
repository that the gallery no longer has are removed there. Others use it with
`python -m zsbir demo --gallery hf://datasets/USER/my-photos`, or with the library `datasets`.
Log in first with `hf auth login`, or set HF_TOKEN to a token that may write."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `run` reads."""
    parser.add_argument("source", metavar="GALLERY", help="gallery, by name or folder")
    add_push_arguments(parser, "USER/DATASET")


def run(args: argparse.Namespace) -> int:
    """Print what would be uploaded, or upload it."""
    from zsbir.gallery import load_gallery
    from zsbir.publishing.gallery import pack_gallery

    to = destination(args, "dataset")
    return deliver(pack_gallery(load_gallery(args.source), to), args)
