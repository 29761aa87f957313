"""`python -m zsbir evaluate`: how well a checkpoint finds photos."""

from __future__ import annotations

import argparse

NAME = "evaluate"
SUMMARY = "measure how well sketches of a dataset find its photos"
DETAILS = """Rank the photos of a dataset for every one of its sketches, and print the metrics.

  python -m zsbir evaluate sketchy_pairs.zip --split unseen_dev
  python -m zsbir evaluate sketchy_pairs.zip --protocol gzs --gzs-rule ocean --seed 0
  python -m zsbir evaluate sketchy_five_full.zip chairs_v2.zip --protocol fine-grained
  python -m zsbir evaluate sketches.zip --photos photos.zip --protocol cross --json
  python -m zsbir evaluate sketchy_pairs.zip --checkpoint clip-at-category --report worst.html

--protocol says who searches among whom:
  zs            sketches of a split among the photos of that split (unseen categories, where it has some)
  gzs           the same with seen categories among them. --gzs-rule ocean adds 20 % as many of them as there
                are unseen ones to both sides, drclip adds 20 % of the seen ones to both sides, all-seen adds
                all their photos and no sketches. --seed draws them.
  cross         sketches and photos of a benchmark's unseen categories, in another dataset than trained on
  fine-grained  sketches that have their very photo in the gallery. Methods that need a category are told the
                right one for acc@k_in_class, as published, and what a guide assumes for acc@k_assumed."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `zsbir.evaluation` reads; it is imported here only, inference never needs it."""
    from zsbir.evaluation.arguments import add_arguments

    add_arguments(parser, shared=False)


def run(args: argparse.Namespace) -> int:
    """Print the metrics."""
    from zsbir.evaluation.run import main

    return main(args)
