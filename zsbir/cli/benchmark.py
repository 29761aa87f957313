"""`python -m zsbir benchmark`: how fast searches are, and the page."""

from __future__ import annotations

import argparse

NAME = "benchmark"
SUMMARY = "measure how fast photos are found, and the page"
DETAILS = """Measure on this machine. Absolute figures move with it; ratios within one run are what counts.

  python -m zsbir benchmark search                       among 10,000, 100,000 and 1,000,000 photos
  python -m zsbir benchmark search --counts 200000 --sketches quickdraw_strokes.zip
  python -m zsbir benchmark page                         embedding, search and the start of the page

search draws photos around those of --gallery as --checkpoint sees them: exact and approximate searches take
turns. Told are latency, megabytes on disk and read by one search, and the share of the 24 nearest photos
that an approximate one finds."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `zsbir.evaluation` reads; it is imported here only, inference never needs it."""
    parser.add_argument("what", choices=("search", "page"), help="what to measure")
    search = parser.add_argument_group("search")
    search.add_argument(
        "--counts",
        type=int,
        nargs="+",
        metavar="N",
        default=[10_000, 100_000, 1_000_000],
        help="numbers of photos (default: 10000 100000 1000000, the last for 6 GB of disk)",
    )
    search.add_argument(
        "--sketches", metavar="DATA", help="dataset whose sketches search (default: halfway between photos)"
    )
    search.add_argument("--queries", type=int, default=60, metavar="N", help="searches (default: 60)")
    search.add_argument(
        "--noise",
        type=float,
        default=0.5,
        metavar="X",
        help="spread of photos around the gallery's, over that of the gallery; inf for vectors at random "
        "(default: 0.5, where recall is that of as many real photos)",
    )
    page = parser.add_argument_group("page")
    page.add_argument("--repeat", type=int, default=30, metavar="N", help="measurements (default: 30)")
    page.add_argument("--no-start", action="store_true", help="leave out the cold start of app.py")


def run(args: argparse.Namespace) -> int:
    """Measure and print."""
    if args.what == "page":
        from zsbir.evaluation.benchmark import main

        wanted = ["--gallery", args.gallery or "everyday", "--repeat", str(args.repeat)]
        return main([*wanted, *(["--no-start"] if args.no_start else [])])
    from zsbir.evaluation.search_speed import report

    return report(args)
