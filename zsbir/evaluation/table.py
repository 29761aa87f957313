"""The results table of the README: checkpoints down, protocols across.

`python -m zsbir.evaluation.table CHECKPOINT... --data DATA` prints it. Every number is the one that
`python -m zsbir evaluate` gives for the same checkpoint, split and seed, or the mean of those over the seeds.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from zsbir.errors import ZSBIRError
from zsbir.evaluation.arguments import GZS_RULES
from zsbir.evaluation.suite import Row, measure


@dataclass(frozen=True)
class Column:
    """One number of each row.

    Attributes:
        title: Its heading.
        trial: Name of the trial that it comes from, see `zsbir.evaluation.suite.Trials`.
        metric: Name of the metric.
        assumed: The metric that is put in brackets behind it, where a category had to be assumed.
    """

    title: str
    trial: str
    metric: str
    assumed: str = ""


COLUMNS = (
    Column("mAP@all", "unseen_dev", "mAP@all"),
    Column("P@10", "unseen_dev", "P@10"),
    Column("GZS mAP@all", "gzs", "mAP@all"),
    Column("GZS P@10", "gzs", "P@10"),
    Column("Acc@1", "unseen_dev pairs", "acc@1_in_class", "acc@1_assumed"),
    Column("Acc@5", "unseen_dev pairs", "acc@5_in_class", "acc@5_assumed"),
    Column("held out Acc@1", "held out", "acc@1_in_class", "acc@1_assumed"),
    Column("held out Acc@5", "held out", "acc@5_in_class", "acc@5_assumed"),
)
NOTE = "In brackets: where the category is not told but assumed by another checkpoint, as on the page."
SEEDS_NOTE = (
    "Mean ± standard deviation (of a sample, n - 1) over the seeds {seeds}: of the training where a name has "
    "{{seed}}, and of the categories that generalised zero-shot draws."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, or the JSON behind it; return the exit status."""
    args = _parser().parse_args(arguments)
    try:
        rows = measure(args.checkpoints, args.data, args.seeds, gzs_rule=args.gzs_rule, device=args.device)
    except ZSBIRError as error:
        print(f"zsbir: {error}", file=sys.stderr)
        return 2
    if args.json:
        settings = {"seeds": args.seeds, "gzs_rule": args.gzs_rule}
        print(json.dumps({**settings, "rows": [asdict(row) for row in rows]}), flush=True)
    else:
        print(format_table(rows, args.seeds))
    return 0


def format_table(rows: Iterable[Row], seeds: Sequence[int]) -> str:
    """Lay rows out as Markdown, in per cent; a row of fewer seeds than were asked for says so."""
    lines = [
        "| checkpoint | " + " | ".join(column.title for column in COLUMNS) + " |",
        "|---|" + "---|" * len(COLUMNS),
    ]
    rows = list(rows)
    body = [
        f"| {_name(row, seeds)} | " + " | ".join(_cell(row, column) for column in COLUMNS) + " |"
        for row in rows
    ]
    notes = [NOTE] if any(_is_assumed(row) for row in rows) else []
    notes += [SEEDS_NOTE.format(seeds=", ".join(map(str, seeds)))] if len(seeds) > 1 else []
    return "\n\n".join(["\n".join([*lines, *body]), *notes])


def _name(row: Row, seeds: Sequence[int]) -> str:
    fewer = f" ({len(row.seeds)} of {len(seeds)} seeds)" if len(row.seeds) < len(seeds) else ""
    return f"`{row.checkpoint}`{fewer}"


def _is_assumed(row: Row) -> bool:
    return any(column.assumed in row.trials.get(column.trial, {}) for column in COLUMNS)


def _cell(row: Row, column: Column) -> str:
    values = row.trials.get(column.trial, {})
    if column.metric not in values:
        return "-"
    assumed = f" ({values[column.assumed].per_cent()})" if column.assumed in values else ""
    return values[column.metric].per_cent() + assumed


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m zsbir.evaluation.table",
        description="Print the README's results table: each checkpoint in the protocols of its modes.",
    )
    add = parser.add_argument
    add(
        "checkpoints", nargs="+", metavar="CHECKPOINT", help='names or folders; "{seed}" stands for each seed'
    )
    add("--data", type=Path, required=True, metavar="FOLDER", help="with sketchy_pairs.zip and the others")
    add("--seeds", type=int, nargs="+", default=[0, 1, 2], metavar="N", help="default: 0 1 2")
    add("--gzs-rule", choices=GZS_RULES, default="ocean", help="which seen categories join (default: ocean)")
    add("--device", default="auto", help="auto, cpu, cuda or mps (default: auto)")
    add("--json", action="store_true", help="print JSON with all metrics, seeds and counts")
    return parser


if __name__ == "__main__":
    sys.exit(main())
