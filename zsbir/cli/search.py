"""`python -m zsbir search`: drawings in files, photos out."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from zsbir.cli.output import print_json
from zsbir.cli.queries import Query, read_queries
from zsbir.errors import ZSBIRError
from zsbir.families import Choice, choose, default_family, families_of
from zsbir.modes import MODES

if TYPE_CHECKING:
    from zsbir.hits import Hit, Result
    from zsbir.retriever import Retriever

NAME = "search"
SUMMARY = "find photos for drawings in files"
DETAILS = """Find photos for drawings: pictures (PNG, JPEG, WebP, ...), SVG files, or ndjson files that have
one drawing a line, as Quick, Draw! does.

  python -m zsbir search cat.png
  python -m zsbir search chair.svg --mode fine-grained --category chair -k 5
  python -m zsbir search drawings.ndjson --json          one JSON object a drawing"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `run` reads."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="PNG, JPEG, WebP, SVG or ndjson file")
    parser.add_argument(
        "--mode",
        choices=MODES,
        default="category",
        help="find what is drawn, or, in one category, the very thing that is drawn (default: category)",
    )
    parser.add_argument(
        "-k", "--k", type=int, default=10, help="photos to list for each drawing (default: 10)"
    )
    parser.add_argument(
        "--category",
        metavar="NAME",
        help="search in this category only (default: all; fine-grained: the likeliest)",
    )
    parser.set_defaults(checkpoint=None)


def run(args: argparse.Namespace) -> int:
    """Print what was found for every drawing; a drawing that cannot be read is told and skipped."""
    from zsbir.retriever import Retriever

    gallery = args.gallery or "everyday"
    choice = _choose(gallery, args.checkpoint, args.mode)
    if choice.note:
        print(f"zsbir: {choice.note}", file=sys.stderr)
    retriever = Retriever.load(gallery, choice.checkpoint, device=args.device, build=True)
    failed = False
    for file in args.files:
        for query in read_queries(file):
            failed |= not _answer(query, retriever, args)
    return 2 if failed else 0


def _choose(gallery: str, name: str | None, mode: str) -> Choice:
    """The method's checkpoint of the mode; a checkpoint that was named is taken as it is."""
    from zsbir.checkpoint import list_checkpoints
    from zsbir.gallery import indexed_checkpoints

    there = list_checkpoints()
    name = name or default_family(there, indexed_checkpoints(gallery))
    return choose(name, mode, there) if name in families_of(there) else Choice(name)


def _answer(query: Query, retriever: Retriever, args: argparse.Namespace) -> bool:
    try:
        if query.drawing is None:
            raise query.problem
        result = retriever.retrieve(query.drawing, args.mode, args.k, args.category)
    except ZSBIRError as error:
        if args.json:
            print_json({"file": query.file, "line": query.line, "error": str(error)})
        print(f"zsbir: {query.name}: {error}", file=sys.stderr)
        return False
    if args.json:
        print_json(_to_json(query, result, retriever.checkpoint.name))
    else:
        _print(query, result)
    return True


def _to_json(query: Query, result: Result, checkpoint: str) -> dict[str, Any]:
    return {
        "file": query.file,
        "line": query.line,
        "checkpoint": checkpoint,
        "mode": result.mode,
        "category": result.category,
        "assumed": result.assumed,
        "hits": [_hit_to_json(hit) for hit in result.hits],
    }


def _hit_to_json(hit: Hit) -> dict[str, Any]:
    return {
        "rank": hit.rank,
        "id": hit.photo.id,
        "category": hit.category,
        "title": hit.photo.title,
        "score": round(hit.score, 4),
        "percentile": round(hit.percentile, 2),
        "file": str(hit.path),
    }


def _print(query: Query, result: Result) -> None:
    where = f" in {result.category}" + (" (assumed)" if result.assumed else "") if result.category else ""
    if query.line is not None:
        hits = ", ".join(f"{hit.photo.id} {hit.score:.3f}" for hit in result.hits)
        print(f"{query.name}{where}: {hits}", flush=True)
        return
    print(f"{query.name}{where}")
    for hit in result.hits:
        what = " ".join(filter(None, (hit.category, f"({hit.photo.title})" if hit.photo.title else "")))
        print(f"{hit.rank:4}  {hit.score:.3f}  {hit.percentile:5.1f} %  {what}  {hit.path}", flush=True)
