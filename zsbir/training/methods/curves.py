"""How a run went, as one picture: losses above, dev metrics below."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

from zsbir.training.methods.history import History

log = logging.getLogger(__name__)


def draw_curves(path: Path, history: History, plain: Mapping[str, float], title: str) -> bool:
    """Draw the curves as PNG; without matplotlib say how to get it, and return False.

    Args:
        path: Of the PNG.
        history: Of the run.
        plain: The dev metrics of the plain backbone, drawn as dashed lines.
        title: Above the picture.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        log.warning("No curves without matplotlib: pip install -r zsbir/training/requirements.txt")
        return False
    figure = Figure(figsize=(7, 6), layout="constrained")
    above, below = figure.subplots(2, sharex=True)
    for name, entries in history.losses.items():
        above.plot(*zip(*entries, strict=True), label=name)
    above.set(title=title, ylabel="loss")
    names = [name for name in plain if name != "dev"]
    for colour, name in enumerate(names):
        steps, values = zip(*((step, metrics[name]) for step, metrics in history.dev), strict=True)
        below.plot(steps, values, "o-", markersize=3, color=f"C{colour}", label=name)
        below.axhline(plain[name], linestyle="--", linewidth=1, color=f"C{colour}")
    if history.best:
        below.axvline(history.best[0], linestyle=":", linewidth=1, color="grey")
    below.set(xlabel="step", ylabel="held out (dashed: plain backbone)")
    for axes in (above, below):
        axes.legend(fontsize="small")
        axes.grid(alpha=0.3)
    figure.savefig(path, dpi=100)
    return True
