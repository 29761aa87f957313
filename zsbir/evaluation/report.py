"""What an evaluation found, for machines (JSON) and for people (a table)."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zsbir.evaluation.embed import Broken
from zsbir.evaluation.protocols import Trial
from zsbir.evaluation.scoring import Scores

# What the table of categories shows; the whole report has all metrics.
CATEGORY_METRICS = ("mAP@all", "P@1", "P@10")
SHOWN_BROKEN = 10


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
    """The result of one evaluation; `asdict` of it is the JSON.

    Attributes:
        data: Names of the datasets and splits, and the protocol.
        checkpoint: Name, weights digest, backbone and training seed.
        counts: Queries, photos, categories, photos that answer a query on average (the in-class gallery),
            sketches left out, queries with a pair, unreadable pictures.
        metrics: Means over the queries in [0, 1]; those of pairs only where some queries have one.
        best_possible: What a perfect ranking would reach where that is not 1.
        categories: The worst first.
        confusions: The most frequent first.
        broken: Pictures that could not be read.
    """

    data: dict[str, str]
    checkpoint: dict[str, Any]
    counts: dict[str, float]
    metrics: dict[str, float]
    best_possible: dict[str, float]
    categories: list[CategoryRow]
    confusions: list[Confusion]
    broken: list[Broken]

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON types."""
        return asdict(self)


def make_report(
    trial: Trial,
    scores: Scores,
    *,
    data: dict[str, str],
    checkpoint: dict[str, Any],
    broken: Iterable[Broken] = (),
) -> Report:
    """Sum up the scores of a trial; averages are over queries, as in the papers' code."""
    broken = list(broken)
    means = {name: mean for name, v in scores.values.items() if (mean := _mean(v)) is not None}
    best = {name: round(float(value.mean()), 6) for name, value in scores.best.items()}
    counts = {
        "queries": len(trial.queries),
        "photos": len(trial.photos),
        "query_categories": len({item.category for item in trial.queries}),
        "photo_categories": len({item.category for item in trial.photos}),
        "photos_in_class": round(float(scores.relevant.mean()), 1),
        "queries_left_out": trial.left_out,
        "queries_with_pair": int(np.isfinite(scores.values["acc@1_all"]).sum()),
        "unreadable": len(broken),
    }
    lacking = {name: value for name, value in best.items() if value < 1}
    return Report(
        data,
        checkpoint,
        counts,
        means,
        lacking,
        _categories(trial, scores),
        _confusions(trial, scores),
        broken,
    )


def format_report(report: Report, *, per_category: bool = False, confusions: int = 0) -> str:
    """Lay the report out as text for a terminal."""
    counts, data = report.counts, report.data
    lines = [
        f"{data['sketches']} ({data['split']}) searches {data['photos']} ({data['photo_split']}), "
        f"checkpoint {report.checkpoint['name']} {report.checkpoint['digest'][:19]}",
        f"{counts['queries']} sketches of {counts['query_categories']} categories, "
        f"{counts['photos']} photos of {counts['photo_categories']}, {counts['photos_in_class']:g} to find; "
        f"left out for want of a photo: {counts['queries_left_out']}",
        "",
        *_metric_lines(report),
    ]
    if per_category:
        lines += ["", *_category_lines(report.categories)]
    if confusions:
        lines += ["", "Among the first ten photos, most often wrong:"]
        lines += [
            f"  {f'{c.category} -> {c.found}':<40} {c.share:6.1%}" for c in report.confusions[:confusions]
        ]
    if report.broken:
        lines += ["", f"{len(report.broken)} pictures could not be read and were skipped:"]
        lines += [f"  {broken.file}: {broken.reason}" for broken in report.broken[:SHOWN_BROKEN]]
    return "\n".join(lines)


def _metric_lines(report: Report) -> list[str]:
    lines = []
    for name, value in report.metrics.items():
        best = report.best_possible.get(name)
        lines.append(f"  {name:<16} {value:.4f}" + (f"  of at most {best:.4f}" if best else ""))
    return lines


def _category_lines(rows: list[CategoryRow]) -> list[str]:
    head = f"  {'category':<24}{'queries':>8}{'photos':>8}" + "".join(f"{m:>9}" for m in CATEGORY_METRICS)
    return [head] + [
        f"  {row.category:<24}{row.queries:>8}{row.photos:>8}"
        + "".join(f"{row.metrics[m]:>9.4f}" if m in row.metrics else f"{'-':>9}" for m in CATEGORY_METRICS)
        for row in rows
    ]


def _categories(trial: Trial, scores: Scores) -> list[CategoryRow]:
    categories = np.array([item.category for item in trial.queries])
    rows = []
    for category in sorted(set(categories.tolist())):
        of = np.flatnonzero(categories == category)
        means = {name: mean for name, v in scores.values.items() if (mean := _mean(v[of])) is not None}
        rows.append(CategoryRow(category, len(of), int(scores.relevant[of[0]]), means))
    return sorted(rows, key=lambda row: row.metrics.get("mAP@all", 0.0))


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


def _mean(values: NDArray[np.float64]) -> float | None:
    """Mean of the values that apply, for the report; None where none does."""
    finite = values[np.isfinite(values)]
    return round(float(finite.mean()), 6) if len(finite) else None
