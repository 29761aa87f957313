"""`python -m zsbir index`: a folder of photos becomes a gallery."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from zsbir.cli.output import print_json
from zsbir.errors import GalleryError
from zsbir.families import families_of, family_of

if TYPE_CHECKING:
    from zsbir.gallery import Gallery
    from zsbir.index import BuildReport

NAME = "index"
SUMMARY = "make a folder of photos searchable"
DETAILS = """Make a gallery of the photos in FOLDER and embed them. FOLDER itself is not changed.

  python -m zsbir index ~/Pictures/zoo --gallery zoo     a new gallery, or new photos for it
  python -m zsbir index --gallery zoo                    the same gallery, as its photos.csv lists it
  python -m zsbir index --gallery zoo --checkpoint clip-at    for all checkpoints of a method
  python -m zsbir search drawing.png --gallery zoo       use it

FOLDER may hold one folder of photos for each category, photos without any order, or a metadata.csv with the
columns file_name and category. Run the command again whenever photos have changed: only new and changed ones
are embedded. Ctrl-C loses nothing; the same command goes on where it stopped."""

SHOWN = 20  # broken photos named in the summary; --json names all


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `run` reads."""
    parser.add_argument(
        "folder", nargs="?", metavar="FOLDER", help="where the photos are; leave it out to rebuild"
    )


def run(args: argparse.Namespace) -> int:
    """Build the index and sum up."""
    from zsbir.gallery import create_gallery, load_gallery

    if args.folder is not None and args.gallery is None:
        raise GalleryError(f"Name the gallery that {args.folder} shall become: add --gallery NAME.")
    gallery = (
        load_gallery(args.gallery or "everyday")
        if args.folder is None
        else create_gallery(args.gallery, args.folder)
    )
    # torch is slow to import; a mistyped folder is told before that.
    from zsbir.checkpoint import list_checkpoints, load_checkpoint
    from zsbir.index import build_index

    for name in _meant(args.checkpoint, list_checkpoints()):
        checkpoint = load_checkpoint(name, device=args.device)
        report = build_index(gallery, checkpoint)
        if args.json:
            print_json({"gallery": gallery.name, "checkpoint": checkpoint.name, **asdict(report)})
        else:
            _print_summary(gallery, checkpoint.name, report)
    return 0


def _meant(name: str, there: list[str]) -> list[str]:
    """The checkpoints of a method, or the one that was named."""
    if name in there or name not in families_of(there):
        return [name]
    return [checkpoint for checkpoint in there if family_of(checkpoint) == name]


def _print_summary(gallery: Gallery, checkpoint: str, report: BuildReport) -> None:
    pace = f" ({report.embedded / report.seconds:.0f} a second)" if report.embedded else ""
    count = report.embedded + report.reused
    print(f"Gallery '{gallery.name}' is indexed for checkpoint '{checkpoint}': {count} photos.")
    print(f"{report.embedded} embedded in {report.seconds:.1f} s{pace}, {report.reused} unchanged, ", end="")
    print(f"{report.removed} removed.")
    if report.broken:
        print(f"{len(report.broken)} could not be read and are not in the index:", file=sys.stderr)
        for file, reason in report.broken[:SHOWN]:
            print(f"  {file}: {reason}", file=sys.stderr)
        if len(report.broken) > SHOWN:
            print(f"  and {len(report.broken) - SHOWN} more; --json lists all.", file=sys.stderr)
