"""`python -m zsbir.evaluation.leads CHECKPOINT... --data DATA`: what it means that one category is ahead.

The page's headline says so by the lead of the best category's best photo over the next one's; how often the
first category is right at which lead, is counted here on drawings that nothing was trained on.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zsbir.data import canonical_name
from zsbir.data.names import is_a
from zsbir.errors import ZSBIRError
from zsbir.explain.scan import all_scores
from zsbir.retriever import Retriever

if TYPE_CHECKING:
    from zsbir.training.fits.asked import Asked

# In standard deviations: below the first the page calls two categories close together, from the second on it
# calls one clearly ahead; the same stands in ui/static/results/heading.js.
CLOSE, CLEAR = 0.2, 1.0
BANDS = ((0.0, CLOSE), (CLOSE, CLEAR), (CLEAR, np.inf))
SET = "quickdraw_strokes"
COLUMNS = ("checkpoint", "lead", "drawings", "first right", "first or second")


def main(arguments: Sequence[str] | None = None) -> int:
    """Count for each checkpoint and print a Markdown table; return the exit status."""
    args = build_parser().parse_args(arguments)
    from zsbir.training.fits.asked import Asked
    from zsbir.training.fits.questions import ask

    print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}", flush=True)
    try:
        for name in args.checkpoints:
            retriever = Retriever.load(args.gallery, name, device=args.device)
            asked = Asked.embed(retriever, ask(args.data, SET, retriever.gallery))
            print("\n".join(format_rows(name, retriever, asked)), flush=True)
    except ZSBIRError as error:
        print(f"zsbir: {error}", file=sys.stderr)
        return 2
    return 0


def format_rows(checkpoint: str, retriever: Retriever, asked: Asked) -> Iterator[str]:
    """Lay out a row for each band of leads, of the drawings of what the gallery has."""
    index, wanted = retriever.index, np.array(asked.categories)[asked.here]
    scores = all_scores(index, asked.vectors[asked.here], index.places())
    labels = np.array([canonical_name(photo.category) for photo in index.photos])
    names, first, second, leads = leading_categories(scores, labels)
    right = np.array([is_a(names[place], category) for place, category in zip(first, wanted, strict=True)])
    next_right = np.array(
        [is_a(names[place], category) for place, category in zip(second, wanted, strict=True)]
    )
    for low, high in BANDS:
        inside = (leads >= low) & (leads < high)
        if inside.any():
            rates = (inside.mean(), right[inside].mean(), (right | next_right)[inside].mean())
            told = f"from {low:g}" + (f" to {high:g}" if np.isfinite(high) else "")
            cells = [checkpoint, told, *(f"{100 * rate:.0f} %" for rate in rates)]
            yield f"| {' | '.join(cells)} |"


def leading_categories(
    scores: NDArray[np.float32], labels: NDArray[np.str_]
) -> tuple[NDArray[np.str_], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Find the two categories whose best photos score highest.

    Args:
        scores: (drawings, photos) cosines.
        labels: (photos,) their categories, at least two.

    Returns:
        The categories' names; (drawings,) which is first, and which second; by how many standard deviations
        of all photos' scores the first is ahead.
    """
    names = np.unique(labels)
    best = np.stack([scores[:, labels == name].max(axis=1) for name in names], axis=1)
    order = np.argsort(-best, axis=1, kind="stable")[:, :2]
    high, low = np.take_along_axis(best, order, axis=1).astype(np.float64).T
    return names, order[:, 0], order[:, 1], (high - low) / np.maximum(scores.std(axis=1), 1e-6)


def build_parser() -> argparse.ArgumentParser:
    """Declare the options of the command."""
    parser = argparse.ArgumentParser(prog="python -m zsbir.evaluation.leads", description=__doc__)
    add = parser.add_argument
    add("checkpoints", nargs="+", metavar="CHECKPOINT", help="such as plain; indexed for the gallery")
    add("--data", type=Path, required=True, metavar="FOLDER", help=f"with {SET}.zip")
    add("--gallery", default="everyday", help="name or folder of a gallery (default: everyday)")
    add("--device", default="auto", help="auto, cpu, cuda or mps (default: auto)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
