"""The table of ablations: which trainings it asks for, and how it is laid out."""

import argparse
from pathlib import Path

from zsbir.evaluation.suite import Row, Value
from zsbir.training import ablations
from zsbir.training.__main__ import build_parser
from zsbir.training.methods.run import read_configs

ARGS = argparse.Namespace(data=Path("data"), backbone="zsbir-tiny", out=Path("out"))


def test_every_run_is_a_training_command_that_leaves_one_part_out():
    table = list(ablations.runs(Path("out")))
    assert len({run.folder for run in table}) == len(table)
    for run in table:
        words = run.command(ARGS, 3, ["--epochs", "2"])[3:]
        method, config = read_configs(build_parser().parse_args(words))
        whole = next(other for other in table if other.recipe is run.recipe and not other.part)
        same_method, same = read_configs(
            build_parser().parse_args(whole.command(ARGS, 3, ["--epochs", "2"])[3:])
        )
        changed = sum(
            getattr(one, name) != getattr(other, name)
            for one, other in ((method, same_method), (config, same))
            for name in one.__dataclass_fields__
        )
        assert changed == bool(run.part), run.part
        assert config.epochs == 2
        assert config.seed == 3


def test_differences_are_to_the_whole_recipe():
    table = list(ablations.runs(Path("out")))
    rows = []
    for number, run in enumerate(table):
        trial, metric = ablations.METRICS[run.recipe.mode]
        rows.append(Row(run.folder, [], {trial: {metric: Value(0.2 + 0.01 * number, 0.0, [])}}))
    lines = ablations.format_rows(table, rows)[2:]
    assert lines[0] == "| clip-at | fine-grained | nothing | acc@1_in_class | 20.0 |  |"
    assert lines[2] == "| clip-at | fine-grained | patch shuffling | acc@1_in_class | 22.0 | +2.0 |"
    assert lines[5].endswith("| mAP@all | 25.0 | +1.0 |")
