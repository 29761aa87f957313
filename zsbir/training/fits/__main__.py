"""`python -m zsbir.training.fits CHECKPOINT... --data DATA`: learns when to say that perhaps nothing fits."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from zsbir.errors import ZSBIRError
from zsbir.index.calibration import Calibration, save_calibration

COLUMNS = (
    *("checkpoint", "drawings", "ROC-AUC", "of the search alone", "name listed", "precision", "recall"),
    *("false alarms", "says"),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Calibrate checkpoints and print what that is worth, as Markdown; return the exit status."""
    args = build_parser().parse_args(arguments)
    from zsbir.index.sidecar import new_index_folder
    from zsbir.retriever import Retriever
    from zsbir.training.fits.calibrate import calibrate

    print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}", flush=True)
    try:
        for name in args.checkpoints:
            retriever = Retriever.load(args.gallery, name, device=args.device)
            learnt = calibrate(retriever, args.data, args.precision)
            if not args.look:
                save_calibration(learnt, new_index_folder(retriever.gallery, retriever.checkpoint))
            print("\n".join(format_rows(name, learnt)), flush=True)
    except ZSBIRError as error:
        print(f"zsbir: {error}", file=sys.stderr)
        return 2
    return 0


def format_rows(checkpoint: str, learnt: Calibration) -> Iterator[str]:
    """Lay out what was measured of a checkpoint: a row for each set, and one for what was made up."""
    says = "{} of {}".format(*learnt.share) if learnt.share[1] else "nothing"
    for name, told in learnt.measured.items():
        if name == "nonsense":
            cells = [", ".join(f"{kind} {100 * share:.0f} %" for kind, share in told.items())]
            yield f"| {checkpoint} | made up, called unsure: {cells[0]} |{' |' * (len(COLUMNS) - 2)}"
            continue
        areas = ("auc", "auc of the search alone", "auc with its name listed")
        cells = [checkpoint, f"{name} ({told['here']} here, {told['lacking']} lacking)"]
        cells += [f"{told[area]:.2f}" for area in areas]
        cells += [f"{100 * told[rate]:.0f} %" for rate in ("precision", "recall", "false_alarms")]
        yield f"| {' | '.join([*cells, says])} |"


def build_parser() -> argparse.ArgumentParser:
    """Declare the options of the command."""
    parser = argparse.ArgumentParser(prog="python -m zsbir.training.fits", description=__doc__)
    add = parser.add_argument
    add("checkpoints", nargs="+", metavar="CHECKPOINT", help="such as plain; indexed for the gallery")
    add("--data", type=Path, required=True, metavar="FOLDER", help="with the sets that the model cards name")
    add("--gallery", default="everyday", help="name or folder of a gallery (default: everyday)")
    add("--precision", type=float, default=0.8, help="aimed at among unsure drawings (default: 0.8)")
    add("--look", action="store_true", help="measure only; write nothing beside the index")
    add("--device", default="auto", help="auto, cpu, cuda or mps (default: auto)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
