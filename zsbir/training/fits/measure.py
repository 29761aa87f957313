"""What a calibration is worth on drawings that it did not learn from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SHARES = ((9, 10), (4, 5), (3, 4), (2, 3))  # what a sentence may claim; less is no reason to speak


def roc_auc(scores: NDArray[np.float64], here: NDArray[np.bool_]) -> float:
    """How often a drawing of something here scores above one of something lacking; ties count half."""
    lacking, own = np.sort(scores[~here]), scores[here]
    below = np.searchsorted(lacking, own, side="left") + np.searchsorted(lacking, own, side="right")
    return float(below.mean() / 2 / len(lacking))


def measure(
    probabilities: NDArray[np.float64], here: NDArray[np.bool_], threshold: float
) -> dict[str, float]:
    """Count what a threshold does.

    Returns:
        "auc"; "recall", the share of drawings of what is lacking that are called unsure; "false_alarms", that
        of the others; "precision", the share of unsure drawings that show what is lacking, as if there were
        as many drawings of either kind; "here" and "lacking", how many there are.
    """
    unsure = probabilities < threshold
    recall, alarms = float(unsure[~here].mean()), float(unsure[here].mean())
    precision = recall / max(recall + alarms, 1e-12)
    rates = {"auc": roc_auc(probabilities, here), "precision": precision}
    rates |= {"recall": recall, "false_alarms": alarms}
    counts = {"here": int(here.sum()), "lacking": int((~here).sum())}
    return {name: round(value, 3) for name, value in rates.items()} | counts


def claim(precision: float) -> tuple[int, int]:
    """The largest simple share that a precision reaches: (3, 4) for "3 of 4"; (0, 0) below 2 of 3."""
    return next((share for share in SHARES if precision >= share[0] / share[1]), (0, 0))
