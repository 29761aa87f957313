"""What each part of the papers' recipes is worth: every recipe with one part left out, and their table.

`python -m zsbir.training.ablations --data DATA --out runs/ablations` trains whatever is not there yet, and so
goes on where it was interrupted; it measures all of it on `unseen_dev`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from zsbir.errors import ZSBIRError
from zsbir.evaluation.suite import measure

METRICS = {"category": ("unseen_dev", "mAP@all"), "fine-grained": ("unseen_dev pairs", "acc@1_in_class")}


@dataclass(frozen=True)
class Recipe:
    """A method in a mode, and what may be left out of it: what people read -> options of its training."""

    method: str
    mode: str
    parts: dict[str, tuple[str, ...]]


RECIPES = (
    Recipe(
        "clip-at",
        "fine-grained",
        {
            "classification loss": ("--classification", "0"),
            "patch shuffling": ("--patch-shuffle", "0"),
            "L_delta": ("--uniformity", "0"),
        },
    ),
    Recipe(
        "splip",
        "category",
        {
            "adaptive margin (fixed instead)": ("--no-adaptive-margin",),
            "jigsaw": ("--jigsaw", "0"),
            "B_vt": ("--no-use-b-vt",),
        },
    ),
    Recipe("dp-clip", "fine-grained", {"text scales": ("--no-text-scales",)}),
)


@dataclass(frozen=True)
class Run:
    """One training of the table.

    Attributes:
        recipe: What it belongs to.
        part: What is left out; "" for nothing.
        folder: Of its checkpoint; "{seed}" stands for the seed.
    """

    recipe: Recipe
    part: str
    folder: str

    def command(self, args: argparse.Namespace, seed: int, extra: Sequence[str]) -> list[str]:
        """Return the training command."""
        recipe, out = self.recipe, self.folder.replace("{seed}", str(seed))
        words = [sys.executable, "-m", "zsbir.training", recipe.method, "--mode", recipe.mode]
        words += ["--data", str(args.data), "--backbone", args.backbone, "--seed", str(seed)]
        words += ["--out", out, "--state", str(args.out / "state" / Path(out).name), *extra]
        return words + list(recipe.parts[self.part] if self.part else ())


def runs(out: Path) -> Iterator[Run]:
    """List the trainings: each recipe whole, then without each of its parts."""
    for recipe in RECIPES:
        for number, part in enumerate(["", *recipe.parts]):
            yield Run(recipe, part, str(out / f"{recipe.method}-{recipe.mode}-{number}-{{seed}}"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Train what is missing, measure everything, print the table; return the exit status."""
    args, extra = _parser().parse_known_args(arguments)
    table = list(runs(args.out))
    for run in table:
        for seed in args.seeds:
            folder = Path(run.folder.replace("{seed}", str(seed)))
            if not (folder / "model.safetensors").is_file():
                status = subprocess.run(run.command(args, seed, extra), check=False).returncode
                if status:
                    return status
    try:
        rows = measure([run.folder for run in table], args.data, args.seeds, device=args.device)
    except ZSBIRError as error:
        print(f"zsbir: {error}", file=sys.stderr)
        return 2
    print("\n".join(format_rows(table, rows)))
    return 0


def format_rows(table: Sequence[Run], rows: Sequence[object]) -> list[str]:
    """Lay the values out as Markdown, in per cent, each with its difference to the whole recipe."""
    lines = ["| method | mode | left out | metric | value | difference |", "|---|---|---|---|---|---|"]
    whole = 0.0
    for run, row in zip(table, rows, strict=True):
        trial, metric = METRICS[run.recipe.mode]
        value = row.trials[trial][metric]
        whole = whole if run.part else value.mean
        spread = f" ± {100 * value.deviation:.1f}" if value.deviation else ""
        change = f"{100 * (value.mean - whole):+.1f}" if run.part else ""
        cells = (run.recipe.method, run.recipe.mode, run.part or "nothing", metric)
        lines.append(f"| {' | '.join(cells)} | {100 * value.mean:.1f}{spread} | {change} |")
    return lines


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m zsbir.training.ablations",
        description="Train every recipe with one part left out, and print what that costs. Further options "
        "go to each training, such as --epochs 2.",
    )
    add = parser.add_argument
    add("--data", type=Path, required=True, metavar="FOLDER", help="with sketchy_pairs.zip and the others")
    add("--out", type=Path, default=Path("runs/ablations"), help="folder of the checkpoints")
    add("--backbone", default="zsbir-tiny", help="as for python -m zsbir.training")
    add("--seeds", type=int, nargs="+", default=[0], metavar="N", help="default: 0")
    add("--device", default="auto", help="auto, cpu, cuda or mps, for measuring")
    return parser


if __name__ == "__main__":
    sys.exit(main())
