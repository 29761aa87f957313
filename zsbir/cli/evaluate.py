"""`python -m zsbir evaluate`: how well a checkpoint finds photos."""

from __future__ import annotations

import argparse

NAME = "evaluate"
SUMMARY = "measure how well sketches of a dataset find its photos"
DETAILS = """Rank the photos of a dataset for every one of its sketches, and print the metrics.

  python -m zsbir evaluate sketchy_pairs.zip --split unseen_dev
  python -m zsbir evaluate sketches.zip --photos photos.zip --json"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `zsbir.evaluation` reads; it is imported here only, inference never needs it."""
    from zsbir.evaluation.arguments import add_arguments

    add_arguments(parser, shared=False)


def run(args: argparse.Namespace) -> int:
    """Print the metrics."""
    from zsbir.evaluation.run import main

    return main(args)
