"""The table of ablations: which trainings it asks for, which it takes as they are, and how it is laid out."""

import argparse
import json
import sys
from pathlib import Path

import pytest

from zsbir.evaluation.suite import Row, sum_up
from zsbir.training import ablations
from zsbir.training.__main__ import build_parser
from zsbir.training.methods.run import command_line, read_configs

ARGS = argparse.Namespace(data=Path("data"), backbone="zsbir-tiny", out=Path("out"))


def test_every_run_is_a_training_command_that_leaves_one_part_out():
    table = list(ablations.runs(Path("out")))
    assert len({run.folder for run in table}) == len(table)
    for run in table:
        words = run.options(ARGS, 3, ["--epochs", "2"])
        method, config = read_configs(build_parser().parse_args(words))
        whole = next(other for other in table if other.recipe is run.recipe and not other.part)
        same_method, same = read_configs(build_parser().parse_args(whole.options(ARGS, 3, ["--epochs", "2"])))
        changed = sum(
            getattr(one, name) != getattr(other, name)
            for one, other in ((method, same_method), (config, same))
            for name in one.__dataclass_fields__
        )
        assert changed == bool(run.part), run.part
        assert config.epochs == 2
        assert config.seed == 3


@pytest.fixture
def machine(monkeypatch):
    """What would be trained and measured; training leaves its results behind."""
    asked = {"trained": [], "measured": []}

    def train(command, check):
        assert command[:3] == [sys.executable, "-m", "zsbir.training"]
        args = build_parser().parse_args(command[3:])
        asked["trained"].append(args.out.name)
        args.out.mkdir(parents=True)
        (args.out / "results.json").write_text(json.dumps({"command": command_line(args)}))
        return argparse.Namespace(returncode=0)

    def measure(folders, data, seeds, device):
        asked["measured"] = folders
        trials = {trial: {metric: sum_up([0.3] * len(seeds))} for trial, metric in ablations.METRICS.values()}
        return [Row(folder, [], trials) for folder in folders]

    monkeypatch.setattr(ablations.subprocess, "run", train)
    monkeypatch.setattr(ablations, "measure", measure)
    return asked


def test_only_what_is_missing_is_trained(machine, tmp_path, capsys):
    words = ["--data", "data", "--out", str(tmp_path), "--seeds", "0", "4", "--epochs", "2"]
    assert ablations.main(words) == 0
    every = {run.place(seed).name for run in ablations.runs(tmp_path) for seed in (0, 4)}
    assert set(machine["trained"]) == every and len(machine["trained"]) == len(every)
    first = capsys.readouterr().out
    machine["trained"].clear()
    broken = tmp_path / "splip-category-1-4" / "results.json"
    broken.write_text("[]")
    assert ablations.main(words) == 2
    assert "splip-category-1-4/results.json cannot be read" in capsys.readouterr().err
    broken.unlink()
    (tmp_path / "splip-category-1-4").rmdir()
    assert ablations.main(words) == 0
    assert machine["trained"] == ["splip-category-1-4"]
    assert machine["measured"] == [run.folder for run in ablations.runs(tmp_path)]
    assert capsys.readouterr().out == first


def test_trainings_of_other_options_are_not_mixed(machine, tmp_path, capsys):
    words = ["--data", "data", "--out", str(tmp_path), "--epochs"]
    assert ablations.main([*words, "2"]) == 0
    machine["trained"].clear()
    assert ablations.main([*words, "3"]) == 2
    assert machine["trained"] == []
    error = capsys.readouterr().err
    assert "clip-at-fine-grained-0-0 was trained with other options" in error and "--epochs 2" in error
    assert error.startswith("zsbir: ") and error.count("\n") == 1


def test_a_misspelt_option_trains_nothing(machine, tmp_path):
    with pytest.raises(SystemExit):
        ablations.main(["--data", "data", "--out", str(tmp_path), "--epoks", "2"])
    assert machine["trained"] == []


def test_a_training_that_fails_ends_it(machine, tmp_path, monkeypatch):
    monkeypatch.setattr(ablations.subprocess, "run", lambda *_, **__: argparse.Namespace(returncode=3))
    assert ablations.main(["--data", "data", "--out", str(tmp_path)]) == 3
    assert machine["measured"] == []


def rows_of(table, values):
    for number, run in enumerate(table):
        trial, metric = ablations.METRICS[run.recipe.mode]
        yield Row(run.folder, [], {trial: {metric: sum_up(values(number))}})


def test_differences_are_to_the_whole_recipe():
    table = list(ablations.runs(Path("out")))
    lines = ablations.format_rows(table, list(rows_of(table, lambda n: [0.2 + 0.01 * n])), [0])[2:]
    assert lines[0] == "| clip-at | fine-grained | nothing | acc@1_in_class | 20.0 |  |"
    assert lines[2] == "| clip-at | fine-grained | patch shuffling | acc@1_in_class | 22.0 | +2.0 |"
    assert lines[5].endswith("| mAP@all | 25.0 | +1.0 |")
    assert len(lines) == len(table)


def test_several_seeds_are_compared_seed_by_seed():
    """Seeds lie far apart, and each loses about two points: the difference is known better than the value."""
    table = list(ablations.runs(Path("out")))[:2]
    lines = ablations.format_rows(
        table, list(rows_of(table, lambda n: [0.2 - 0.01 * n, 0.3 - 0.02 * n, 0.4 - 0.03 * n])), [0, 1, 2]
    )[2:]
    assert lines[0].endswith("| 30.0 ± 10.0 |  |")
    assert lines[1].endswith("| 28.0 ± 9.0 | -2.0 ± 1.0 |")
    assert lines[-1] == "Mean ± standard deviation (of a sample, n - 1) over the seeds 0, 1, 2."
