"""All protocols for several checkpoints, every picture embedded once for each."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from zsbir.checkpoint_config import CONFIG
from zsbir.data.dataset import Dataset, open_dataset
from zsbir.evaluation.evaluator import Evaluator
from zsbir.evaluation.options import Options
from zsbir.evaluation.protocols import fine_grained, generalised, zero_shot
from zsbir.evaluation.report import Report, make_report
from zsbir.evaluation.run import make_evaluator
from zsbir.evaluation.sources import open_sketches
from zsbir.evaluation.trial import Trial
from zsbir.folders import checkpoints_home, named_folder

SEED = "{seed}"
UNSEEN, HELD_OUT = Options(split="unseen_dev"), Options(split="dev")


@dataclass(frozen=True)
class Value:
    """A number over the seeds.

    Attributes:
        mean: Of the values.
        deviation: Standard deviation of a sample (n - 1), an estimate for further seeds; 0 for a single value
            and where the seed changes nothing.
        values: One for each seed.
    """

    mean: float
    deviation: float
    values: list[float]

    def per_cent(self, sign: str = "") -> str:
        """Return mean and deviation as people read them, "40.2 ± 0.3"; `sign` "+" shows that of a change."""
        deviation = f" ± {100 * self.deviation:.1f}" if self.deviation else ""
        return f"{100 * self.mean:{sign}.1f}{deviation}"


def sum_up(values: Sequence[float]) -> Value:
    """Return mean and deviation of one number for each seed."""
    deviation = statistics.stdev(values) if len(values) > 1 else 0.0
    return Value(round(statistics.fmean(values), 6), round(deviation, 6), list(values))


@dataclass
class Row:
    """All that was measured of one checkpoint, or of one recipe under several seeds.

    Attributes:
        checkpoint: As named on the command line.
        digests: Of the weights, one for each seed or one for all.
        trials: Trial -> metric -> value.
        counts: Trial -> counts of the last seed.
        seeds: That were measured; fewer than asked for where a seed has no checkpoint.
    """

    checkpoint: str
    digests: list[str]
    trials: dict[str, dict[str, Value]] = field(default_factory=dict)
    counts: dict[str, dict[str, float]] = field(default_factory=dict)
    seeds: list[int] = field(default_factory=list)


class Trials:
    """The trials of the table, by name.

    Args:
        folder: With `sketchy_pairs.zip`, `sketchy_five_full.zip` and `chairs_v2.zip`.
        gzs_rule: See `zsbir.evaluation.generalised.add_seen`.

    Raises:
        DataError: A dataset is missing.
    """

    def __init__(self, folder: Path, gzs_rule: str) -> None:
        self._pairs = open_dataset(folder / "sketchy_pairs.zip")
        self._held_out = open_sketches([folder / "sketchy_five_full.zip", folder / "chairs_v2.zip"])
        self._gzs_rule = gzs_rule

    def run(self, evaluator: Evaluator, seed: int) -> dict[str, Report]:
        """Carry out the trials of the modes that a checkpoint serves."""
        pairs, held_out = self._pairs, self._held_out
        trials: dict[str, tuple[Trial, Dataset]] = {}
        if "category" in evaluator.checkpoint.modes:
            drawn = replace(UNSEEN, gzs_rule=self._gzs_rule, seed=seed)
            trials["unseen_dev"] = zero_shot(pairs, None, UNSEEN), pairs
            trials["gzs"] = generalised(pairs, None, drawn), pairs
        if "fine-grained" in evaluator.checkpoint.modes:
            trials["unseen_dev pairs"] = fine_grained(pairs, None, UNSEEN), pairs
            trials["held out"] = fine_grained(held_out, None, HELD_OUT), held_out
        return {name: make_report(evaluator.run(*trial)) for name, trial in trials.items()}


def measure(
    names: Iterable[str],
    data: Path,
    seeds: Sequence[int],
    *,
    gzs_rule: str = "ocean",
    device: str = "auto",
) -> list[Row]:
    """Measure checkpoints in all trials of their modes.

    Args:
        names: Checkpoints; "{seed}" in a name stands for each seed, so that one row sums up several runs;
            seeds without a checkpoint are left out of the row, if there are others.
        data: Folder with the datasets.
        seeds: Of the weights, where a name says so, and of the draws of generalised zero-shot.
        gzs_rule: See `zsbir.evaluation.generalised.add_seen`.
        device: Where the models run.

    Raises:
        DataError: A dataset is missing.
        CheckpointError: A checkpoint cannot be loaded; told before anything is measured.
    """
    from zsbir.checkpoint import load_checkpoint

    trials = Trials(data, gzs_rule)
    runs = {name: _seeds_there(name, seeds) for name in names}
    for path in dict.fromkeys(_path(name, seed) for name, there in runs.items() for seed in there):
        load_checkpoint(path, device=device)
    return [_measure(name, trials, there, device) for name, there in runs.items()]


def _path(name: str, seed: int) -> str:
    return name.replace(SEED, str(seed))


def _seeds_there(name: str, seeds: Sequence[int]) -> list[int]:
    """Return the seeds that a name has a checkpoint for; all where it has none, so that loading tells it."""
    if SEED not in name:
        return list(seeds)
    folders = {seed: named_folder(_path(name, seed), checkpoints_home()) for seed in seeds}
    return [seed for seed, folder in folders.items() if (folder / CONFIG).is_file()] or list(seeds)


def _measure(name: str, trials: Trials, seeds: Sequence[int], device: str) -> Row:
    from zsbir.checkpoint import load_checkpoint

    reports: dict[str, list[Report]] = {}
    evaluators: dict[str, Evaluator] = {}
    for seed in seeds:
        path = _path(name, seed)
        if path not in evaluators:
            evaluators[path] = make_evaluator(load_checkpoint(path, device=device), device=device)
        for trial, report in trials.run(evaluators[path], seed).items():
            reports.setdefault(trial, []).append(report)
    return Row(
        name,
        [evaluator.checkpoint.digest for evaluator in evaluators.values()],
        {trial: _values(found) for trial, found in reports.items()},
        {trial: found[-1].counts for trial, found in reports.items()},
        list(seeds),
    )


def _values(reports: Sequence[Report]) -> dict[str, Value]:
    return {name: sum_up([report.metrics[name] for report in reports]) for name in reports[0].metrics}
