"""`python -m zsbir index`: photos of a folder, a parquet file or a dataset become a gallery."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING

from zsbir.cli.output import print_json
from zsbir.errors import GalleryError
from zsbir.families import families_of, family_of
from zsbir.inference import wait_without_spinning

if TYPE_CHECKING:
    from zsbir.gallery import Gallery, Made
    from zsbir.index import BuildReport
    from zsbir.index.embedding import Part
    from zsbir.index.milvus.upload import UploadReport

NAME = "index"
SUMMARY = "make photos searchable: a folder, a parquet file, or a dataset of the Hub"
DETAILS = """Make a gallery of the photos in SOURCE and embed them. SOURCE itself is not changed.

  python -m zsbir index ~/Pictures/zoo --gallery zoo     a new gallery, or new photos for it
  python -m zsbir index --gallery zoo                    the same gallery, as its photos.csv lists it
  python -m zsbir index --gallery zoo --checkpoint clip-at    for all checkpoints of a method
  python -m zsbir index cats.parquet --gallery cats      pictures out of the rows of a table
  python -m zsbir index hf://datasets/user/name --gallery name --split test --limit 1000
  python -m zsbir index --gallery zoo --to milvus://HOST:19530      its vectors live in Milvus from now on
  torchrun --nproc_per_node 2 -m zsbir index ~/Pictures/zoo --gallery zoo
  python -m zsbir search drawing.png --gallery zoo       use it

A folder may hold one folder of photos for each category, photos without any order, a metadata.csv, .jsonl or
.parquet with the columns file_name and category, or parquet files. Run the command again whenever photos
have changed: only new and changed ones are embedded. Ctrl-C loses nothing; the same command goes on where it
stopped."""

COLUMNS = ("image", "category", "title")  # that can be named
SHOWN = 20  # broken photos named in the summary; --json names all


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `run` reads."""
    parser.add_argument(
        "source",
        nargs="?",
        metavar="SOURCE",
        help="a folder, a .parquet file or hf://datasets/user/name[@REVISION]; leave it out to rebuild",
    )
    what = parser.add_argument_group("what of SOURCE")
    what.add_argument("--limit", type=int, metavar="N", help="the first N photos")
    what.add_argument("--split", metavar="NAME", help="one split, such as test (default: all)")
    what.add_argument("--subset", metavar="NAME", help="of a dataset that holds several")
    for column in COLUMNS:
        what.add_argument(
            f"--{column}-column",
            metavar="NAME",
            help=f"where the {column} stands (default: found by its name)",
        )
    parser.add_argument(
        "--to",
        metavar="PLACE",
        help="where the vectors are searched from now on: milvus://HOST:PORT, a FILE.db of Milvus's embedded "
        "engine, or 'here' (default: where they are)",
    )
    how = parser.add_argument_group("how it is embedded")
    how.add_argument(
        "--all",
        action="store_true",
        help="also for every other bundled checkpoint that the gallery is indexed for",
    )
    how.add_argument(
        "--shard",
        metavar="I/N",
        help="embed only the I-th of N shares; when all are done, run the command without it",
    )


def run(args: argparse.Namespace) -> int:
    """Build the index and sum up."""
    wait_without_spinning()
    from zsbir.gallery import Made, load_gallery
    from zsbir.workers import join_workers

    if args.source is not None and args.gallery is None:
        raise GalleryError(f"Name the gallery that {args.source} shall become: add --gallery NAME.")
    name = args.gallery or "everyday"
    if args.to:
        from zsbir.index.milvus.bring import check_target

        check_target(args.to)  # before photos are embedded for hours
    with join_workers() as workers:
        made = workers.first(lambda: _open(name, args), lambda: Made(load_gallery(name), []))
        # torch is slow to import; a mistyped folder is told before that.
        from zsbir.checkpoint import load_checkpoint
        from zsbir.index import Shard, build_together, embed_shard
        from zsbir.index.milvus.bring import bring_vectors

        built: set[str] = set()
        for wanted in _meant(args, made.gallery):
            checkpoint = load_checkpoint(wanted, device=workers.device(args.device))
            built.add(checkpoint.name)
            if args.shard:
                part = embed_shard(made.gallery, checkpoint, Shard.parse(args.shard))
                _tell_shard(made.gallery, checkpoint.name, part, args)
                continue
            report = build_together(made.gallery, checkpoint, workers)
            if report is not None:
                brought = bring_vectors(made.gallery, checkpoint, args.to)
                _tell(made, checkpoint.name, report, brought, args)
        if args.all and workers.is_first:
            _tell_left(made.gallery, built)
    return 0


def _open(name: str, args: argparse.Namespace) -> Made:
    from zsbir.gallery import Made, Wishes, load_gallery, make_gallery

    columns = {field: getattr(args, f"{field}_column") for field in COLUMNS}
    columns = {field: column for field, column in columns.items() if column}
    wishes = Wishes(limit=args.limit, split=args.split, subset=args.subset, columns=columns)
    if args.source is not None:
        return make_gallery(name, args.source, wishes)
    if wishes != Wishes():
        raise GalleryError("Without a SOURCE a gallery stays as it is; name the SOURCE to choose from it.")
    return Made(load_gallery(name), [])


def _meant(args: argparse.Namespace, gallery: Gallery) -> list[str]:
    """The checkpoints of a method, or the one that was named; with --all those indexed already too."""
    from zsbir.checkpoint import list_checkpoints
    from zsbir.gallery import indexed_checkpoints

    there = list_checkpoints()
    names = [args.checkpoint]
    if args.checkpoint not in there and args.checkpoint in families_of(there):
        names = [name for name in there if family_of(name) == args.checkpoint]
    if args.all:
        names += [name for name in indexed_checkpoints(gallery.home) if name in there]
    return list(dict.fromkeys(names))


def _tell(
    made: Made, checkpoint: str, report: BuildReport, brought: UploadReport | None, args: argparse.Namespace
) -> None:
    from zsbir.index.decode import MISSING

    gallery = made.gallery
    licences = Counter(photo.licence for photo in gallery.photos)
    if args.json:
        about = {"gallery": gallery.name, "checkpoint": checkpoint, "source": gallery.source}
        milvus = {"milvus": asdict(brought)} if brought else {}
        print_json({**about, "licences": licences, "left_out": made.left_out, **asdict(report), **milvus})
        return
    pace = f" ({report.embedded / report.seconds:.0f} a second)" if report.embedded else ""
    count = report.embedded + report.reused
    renamed = f" ({report.renamed} renamed or moved)" if report.renamed else ""
    print(f"Gallery '{gallery.name}' is indexed for checkpoint '{checkpoint}': {count} photos.")
    print(f"{report.embedded} embedded in {report.seconds:.1f} s{pace}, ", end="")
    print(f"{report.reused} unchanged{renamed}, {report.removed} removed.")
    if brought:
        print(f"Their vectors are in Milvus at {brought.uri}: {brought.sent} sent, ", end="")
        print(f"{brought.unchanged} there already, {brought.removed} removed.")
    if licences.keys() - {""}:
        told = (f"{count} {licence or 'without one'}" for licence, count in licences.most_common())
        print(f"Licences: {', '.join(told)}.")
    _list("rows or files hold no photo and were left out", made.left_out)
    _list("could not be read and are not in the index", report.broken)
    if gallery.source and any(reason == MISSING for _, reason in report.broken):
        command = f"python -m zsbir index {shlex.quote(gallery.source)} --gallery {gallery.name}"
        print(f"If photos were moved or renamed, this finds them: {command}", file=sys.stderr)


def _tell_left(gallery: Gallery, built: set[str]) -> None:
    """Name what --all leaves as it was: an index does not tell where its checkpoint lies."""
    from zsbir.gallery import indexed_checkpoints

    for name in indexed_checkpoints(gallery.home):
        if name not in built:
            print(
                f"The index for checkpoint '{name}' stays as it was, since none of that name is bundled; "
                "name its folder or its repository with --checkpoint.",
                file=sys.stderr,
            )


def _tell_shard(gallery: Gallery, checkpoint: str, part: Part, args: argparse.Namespace) -> None:
    if args.json:
        about = {"gallery": gallery.name, "checkpoint": checkpoint, "shard": args.shard}
        print_json({**about, "embedded": part.embedded, "reused": len(part.keys) - part.embedded})
        return
    print(f"Shard {args.shard} of gallery '{gallery.name}' is embedded for checkpoint '{checkpoint}'.")
    print(f"{len(part.keys)} photos, {part.embedded} of them now. When all shards are done, join them:")
    print(f"python -m zsbir index --gallery {gallery.reference} --checkpoint {args.checkpoint}")


def _list(what: str, entries: list[tuple[str, str]]) -> None:
    if not entries:
        return
    print(f"{len(entries)} {what}:", file=sys.stderr)
    for place, reason in entries[:SHOWN]:
        print(f"  {place}: {reason}", file=sys.stderr)
    if len(entries) > SHOWN:
        print(f"  and {len(entries) - SHOWN} more; --json lists all.", file=sys.stderr)
