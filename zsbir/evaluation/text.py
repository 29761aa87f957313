"""A report as text for a terminal."""

from __future__ import annotations

from typing import Any

from zsbir.evaluation.report import CategoryRow, Report

# What the table of categories shows; the JSON has all metrics.
CATEGORY_METRICS = {
    "fine-grained": ("acc@1_in_class", "acc@5_in_class", "acc@10_in_class", "acc@1_assumed"),
    "": ("mAP@all", "P@1", "P@10", "acc@1_in_class"),
}
SHOWN_BROKEN = 10
NOT_SETTINGS = {"protocol", "sketches", "split", "photos", "photo_split"}


def format_report(report: Report, *, confusions: int = 0) -> str:
    """Lay a report out.

    Args:
        report: What to show.
        confusions: How many of the most frequent confusions of categories to add.
    """
    lines = [*_head(report), "", *_metric_lines(report), "", *_category_lines(report)]
    if confusions:
        lines += ["", "Among the first ten photos, most often wrong:"]
        lines += [
            f"  {f'{c.category} -> {c.found}':<40} {c.share:6.1%}" for c in report.confusions[:confusions]
        ]
    if report.broken:
        lines += ["", f"{len(report.broken)} pictures could not be read and were skipped:"]
        lines += [f"  {broken.file}: {broken.reason}" for broken in report.broken[:SHOWN_BROKEN]]
    return "\n".join(lines)


def _head(report: Report) -> list[str]:
    counts, data, checkpoint = report.counts, report.data, report.checkpoint
    seed = checkpoint["seed"]
    guide = f", {checkpoint['guide']} assumes categories" if checkpoint["guide"] else ""
    settings = [f"{name} {_plain(value)}" for name, value in data.items() if name not in NOT_SETTINGS]
    return [
        f"{data['protocol']}: {data['sketches']} ({data['split']}) searches {data['photos']} "
        f"({data['photo_split']}){''.join(f'; {setting}' for setting in settings)}",
        f"checkpoint {checkpoint['name']} {checkpoint['digest'][:19]} on {checkpoint['backbone']}"
        f"{'' if seed is None else f', trained with seed {seed}'}{guide}",
        f"{counts['queries']} sketches of {counts['query_categories']} categories, of which "
        f"{counts['query_categories_trained']} in training ({counts['queries_with_pair']} sketches with "
        f"their photo), {counts['photos']} photos of {counts['photo_categories']}, "
        f"{counts['photos_in_class']:g} to find; left out for want of a photo: {counts['queries_left_out']}",
    ]


def _plain(value: Any) -> str:
    return " ".join(value) if isinstance(value, list) else str(value)


def _metric_lines(report: Report) -> list[str]:
    lines = []
    if report.groups:
        lines.append(f"  {'':<16} {'all':<6}" + "".join(f"  {name:<6}" for name in report.groups))
    for name, value in report.metrics.items():
        best = report.best_possible.get(name)
        parts = [f"{metrics[name]:.4f}" if name in metrics else "-" for metrics in report.groups.values()]
        lines.append(
            f"  {name:<16} {value:.4f}"
            + "".join(f"  {part:<6}" for part in parts)
            + (f"  of at most {best:.4f}" if best else "")
        )
    return lines


def _category_lines(report: Report) -> list[str]:
    wanted = CATEGORY_METRICS.get(report.data["protocol"], CATEGORY_METRICS[""])
    names = [name for name in wanted if name in report.metrics]
    head = f"  {'category':<24}{'queries':>8}{'photos':>8}" + "".join(f"{name:>17}" for name in names)
    return [head, *(_category_line(row, names) for row in report.categories)]


def _category_line(row: CategoryRow, names: list[str]) -> str:
    values = (f"{row.metrics[name]:>17.4f}" if name in row.metrics else f"{'-':>17}" for name in names)
    return f"  {row.category:<24}{row.queries:>8}{row.photos:>8}" + "".join(values)
