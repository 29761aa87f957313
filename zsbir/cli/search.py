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
one drawing a line, as Quick, Draw! does. Where the gallery has no index for the checkpoint yet, it is made
first, with a progress bar, and kept.

  python -m zsbir search cat.png
  python -m zsbir search chair.svg --mode fine-grained --category chair -k 5
  python -m zsbir search drawings.ndjson --json          one JSON object a drawing"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `run` reads."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="PNG, JPEG, WebP, SVG or ndjson file")
    parser.add_argument(
        "--mode",
        choices=MODES,
        help="find what is drawn, or, in one category, the very thing that is drawn (default: category, or "
        "what the checkpoint was made for)",
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
    mode = args.mode or retriever.checkpoint.modes[0]
    if not args.json:
        print(f"Gallery {retriever.gallery.name}, checkpoint {retriever.checkpoint.name}, mode {mode}")
    failed = False
    for file in args.files:
        for query in read_queries(file):
            failed |= not _answer(query, retriever, mode, args)
    return 2 if failed else 0


def _choose(gallery: str, name: str | None, mode: str | None) -> Choice:
    """A method's checkpoint of the mode, or of the first that it has; a checkpoint is taken as it is."""
    from zsbir.checkpoint import list_checkpoints
    from zsbir.gallery import indexed_checkpoints

    there = list_checkpoints()
    name = name or default_family(there, indexed_checkpoints(gallery))
    if name not in families_of(there):
        return Choice(name)
    first = next((each for each in MODES if f"{name}-{each}" in there), MODES[0])
    return choose(name, mode or first, there)


def _answer(query: Query, retriever: Retriever, mode: str, args: argparse.Namespace) -> bool:
    try:
        if query.drawing is None:
            raise query.problem
        result = retriever.retrieve(query.drawing, mode, args.k, args.category)
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
    print(f"{query.name}{where}\nrank  cosine  percentile  photo")
    for hit in result.hits:
        what = " ".join(filter(None, (hit.category, f"({hit.photo.title})" if hit.photo.title else "")))
        print(f"{hit.rank:4}  {hit.score:6.3f}  {hit.percentile:8.1f} %  {what}  {hit.path}", flush=True)
