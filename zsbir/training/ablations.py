"""What each part of the papers' recipes is worth: every recipe with one part left out, and their table.

`python -m zsbir.training.ablations --data DATA --out runs/ablations` trains whatever is not there yet, and so
goes on where it was interrupted; it measures all of it on `unseen_dev`, under one seed or several `--seeds`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from zsbir.checkpoint_results import read_results
from zsbir.errors import ZSBIRError
from zsbir.evaluation.suite import SEED, Row, measure, sum_up
from zsbir.training.__main__ import build_parser
from zsbir.training.methods.run import command_line

SEEDS_NOTE = "Mean ± standard deviation (of a sample, n - 1) over the seeds {seeds}."
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

    def place(self, seed: int) -> Path:
        """Return the folder of one seed's checkpoint."""
        return Path(self.folder.replace(SEED, str(seed)))

    def options(self, args: argparse.Namespace, seed: int, extra: Sequence[str]) -> list[str]:
        """Return what follows `python -m zsbir.training` in the training command."""
        recipe, out = self.recipe, self.place(seed)
        words = [recipe.method, "--mode", recipe.mode, "--data", str(args.data), "--backbone", args.backbone]
        words += ["--seed", str(seed), "--out", str(out), "--state", str(args.out / "state" / out.name)]
        return [*words, *extra, *(recipe.parts[self.part] if self.part else ())]


def runs(out: Path) -> Iterator[Run]:
    """List the trainings: each recipe whole, then without each of its parts."""
    for recipe in RECIPES:
        for number, part in enumerate(["", *recipe.parts]):
            yield Run(recipe, part, str(out / f"{recipe.method}-{recipe.mode}-{number}-{{seed}}"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Train what is missing, measure everything, print the table; return the exit status."""
    args, extra = _parser().parse_known_args(arguments)
    table = list(runs(args.out))
    try:
        missing = [options for run in table for options in _missing(run, args, extra)]
        for options in missing:
            command = [sys.executable, "-m", "zsbir.training", *options]
            if status := subprocess.run(command, check=False).returncode:
                return status
        rows = measure([run.folder for run in table], args.data, args.seeds, device=args.device)
    except ZSBIRError as error:
        print(f"zsbir: {error}", file=sys.stderr)
        return 2
    print("\n".join(format_rows(table, rows, args.seeds)))
    return 0


def format_rows(table: Sequence[Run], rows: Sequence[Row], seeds: Sequence[int]) -> list[str]:
    """Lay the values out as Markdown, in per cent, each with its difference to the whole recipe.

    A difference is that of the same seed's trainings, so that what a seed does to both does not blur it.
    """
    lines = ["| method | mode | left out | metric | value | difference |", "|---|---|---|---|---|---|"]
    whole: list[float] = []
    for run, row in zip(table, rows, strict=True):
        trial, metric = METRICS[run.recipe.mode]
        value = row.trials[trial][metric]
        whole = whole if run.part else value.values
        changes = [without - complete for without, complete in zip(value.values, whole, strict=True)]
        change = sum_up(changes).per_cent("+") if run.part else ""
        cells = (run.recipe.method, run.recipe.mode, run.part or "nothing", metric)
        lines.append(f"| {' | '.join(cells)} | {value.per_cent()} | {change} |")
    return lines + (["", SEEDS_NOTE.format(seeds=", ".join(map(str, seeds)))] if len(seeds) > 1 else [])


def _missing(run: Run, args: argparse.Namespace, extra: Sequence[str]) -> Iterator[list[str]]:
    """Yield the options of the trainings that are not there yet.

    Raises:
        ZSBIRError: One is there that was trained with other options, so that the table would mix them.
    """
    for seed in args.seeds:
        options, folder = run.options(args, seed, extra), run.place(seed)
        wanted = command_line(build_parser().parse_args(options))
        results = read_results(folder, ["command"])  # which training writes after the weights
        if results is None:
            yield options
            continue
        made = results["command"]
        if made != wanted:
            raise ZSBIRError(
                f"{folder} was trained with other options ({made}); give the same ones, or name another "
                "folder with --out."
            )


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
