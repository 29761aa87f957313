"""What an evaluation found, as plain data: the JSON of `python -m zsbir evaluate`."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zsbir.data.layouts import Item
from zsbir.evaluation.embed import Broken
from zsbir.evaluation.scoring import Scores
from zsbir.evaluation.trial import Trial

if TYPE_CHECKING:
    from zsbir.checkpoint import Checkpoint
    from zsbir.evaluation.evaluator import Outcome


@dataclass(frozen=True)
class CategoryRow:
    """One category of queries: how many search, how many photos answer, how well it goes."""

    category: str
    queries: int
    photos: int
    metrics: dict[str, float]


@dataclass(frozen=True)
class Confusion:
    """How much of the first ten photos of one category's queries another category takes, in [0, 1]."""

    category: str
    found: str
    share: float


@dataclass(frozen=True)
class Report:
    """The result of one evaluation; `to_dict` of it is the JSON.

    Attributes:
        data: Protocol, names of the datasets and splits, and what the protocol draws or leaves open.
        checkpoint: Name, weights digest, backbone, training seed, and the guide that assumed categories.
        counts: Queries, photos, categories, those of the queries' categories that the method was trained on
            by its own notes, photos that answer a query on average (the in-class gallery), sketches left out,
            queries with a pair, unreadable pictures.
        metrics: Means over the queries in [0, 1]; those of pairs only where some queries have one.
        groups: The same of the "unseen" and the "seen" queries alone, where both search.
        best_possible: What a perfect ranking would reach where that is not 1.
        categories: The worst first.
        confusions: The most frequent first.
        broken: Pictures that could not be read.
    """

    data: dict[str, Any]
    checkpoint: dict[str, Any]
    counts: dict[str, float]
    metrics: dict[str, float]
    groups: dict[str, dict[str, float]]
    best_possible: dict[str, float]
    categories: list[CategoryRow]
    confusions: list[Confusion]
    broken: list[Broken]

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON types."""
        return asdict(self)


def main_metric(protocol: str) -> str:
    """The metric that a protocol is about, and that categories are sorted by."""
    return "acc@1_in_class" if protocol == "fine-grained" else "mAP@all"


def make_report(outcome: Outcome) -> Report:
    """Sum up an outcome; averages are over queries, as in the papers' code."""
    trial, scores = outcome.trial, outcome.scores
    best = {name: round(float(value.mean()), 6) for name, value in scores.best.items()}
    return Report(
        data={
            "protocol": trial.protocol,
            "sketches": outcome.sketches.name,
            "split": trial.split,
            "photos": outcome.photos.name,
            "photo_split": trial.photo_split,
            **trial.settings,
            **({"seen_categories": sorted(trial.seen)} if trial.seen else {}),
        },
        checkpoint={**_describe(outcome.checkpoint), "guide": outcome.guide},
        counts=_counts(outcome),
        metrics=_means(scores),
        groups=_groups(trial, scores),
        best_possible={name: value for name, value in best.items() if value < 1},
        categories=_categories(trial, scores),
        confusions=_confusions(trial, scores),
        broken=list(outcome.broken),
    )


def _describe(checkpoint: Checkpoint) -> dict[str, str | int | None]:
    """What makes the numbers repeatable."""
    return {
        "name": checkpoint.name,
        "digest": checkpoint.digest,
        "backbone": checkpoint.method.backbone.name,
        "seed": _training_notes(checkpoint).get("seed"),
    }


def _training_notes(checkpoint: Checkpoint) -> dict[str, Any]:
    """What training noted beside the weights: its seed and categories; empty where nothing was trained."""
    try:
        notes = json.loads((checkpoint.path / "results.json").read_text(encoding="utf-8"))
        return {"seed": notes["train_config"]["seed"], "categories": set(notes["categories"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _counts(outcome: Outcome) -> dict[str, float]:
    trial, scores = outcome.trial, outcome.scores
    categories = {item.category for item in trial.queries}
    return {
        "queries": len(trial.queries),
        "photos": len(trial.photos),
        "query_categories": len(categories),
        "query_categories_trained": len(
            categories & _training_notes(outcome.checkpoint).get("categories", set())
        ),
        "photo_categories": len({item.category for item in trial.photos}),
        "photos_in_class": round(float(scores.relevant.mean()), 1),
        "queries_left_out": trial.left_out,
        "queries_with_pair": int(np.isfinite(scores.values["acc@1_all"]).sum()),
        "unreadable": len(outcome.broken),
    }


def _groups(trial: Trial, scores: Scores) -> dict[str, dict[str, float]]:
    rows = _rows_by(trial, lambda item: "seen" if item.category in trial.seen else "unseen")
    return {name: _means(scores, rows[name]) for name in sorted(rows, reverse=True)} if len(rows) > 1 else {}


def _categories(trial: Trial, scores: Scores) -> list[CategoryRow]:
    rows = [
        CategoryRow(category, len(of), int(scores.relevant[of[0]]), _means(scores, of))
        for category, of in _rows_by(trial, lambda item: item.category).items()
    ]
    metric = main_metric(trial.protocol)
    return sorted(rows, key=lambda row: (row.metrics.get(metric, 0.0), row.category))


def _rows_by(trial: Trial, name: Callable[[Item], str]) -> dict[str, list[int]]:
    rows: defaultdict[str, list[int]] = defaultdict(list)
    for row, item in enumerate(trial.queries):
        rows[name(item)].append(row)
    return rows


def _confusions(trial: Trial, scores: Scores) -> list[Confusion]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    seen: Counter[str] = Counter()
    for query, first in zip(trial.queries, scores.first, strict=True):
        names = [trial.photos[index].category for index in first]
        seen[query.category] += len(names)
        found[query.category].update(name for name in names if not trial.answers(query.category, name))
    pairs = [
        Confusion(category, name, round(count / seen[category], 6))
        for category, wrong in found.items()
        for name, count in wrong.items()
    ]
    return sorted(pairs, key=lambda pair: (-pair.share, pair.category, pair.found))


def _means(scores: Scores, rows: list[int] | slice = slice(None)) -> dict[str, float]:
    """Mean of each metric over some queries to which it applies; metrics that apply to none are left out."""
    means = {name: _mean(values[rows]) for name, values in scores.values.items()}
    return {name: mean for name, mean in means.items() if mean is not None}


def _mean(values: NDArray[np.float64]) -> float | None:
    finite = values[np.isfinite(values)]
    return round(float(finite.mean()), 6) if len(finite) else None
