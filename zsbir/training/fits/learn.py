"""A logistic regression, and the probability below which it may speak."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

DECAY = 0.01  # of the weights of features in standard deviations
FEWEST = 20  # drawings that a threshold is chosen on


def learn(features: NDArray[np.float64], here: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
    """Fit the probability that a gallery has what was drawn.

    Args:
        features: (n, m) of the drawings.
        here: (n,) whether the gallery has it.

    Returns:
        (m,) weights and the bias: the probability is the logistic function of `features @ weights + bias`.
    """
    means, deviations = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-9)
    inputs, wanted = torch.from_numpy((features - means) / deviations), torch.from_numpy(here).double()
    fitted = torch.zeros(features.shape[1] + 1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([fitted], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        miss = F.binary_cross_entropy_with_logits(inputs @ fitted[:-1] + fitted[-1], wanted)
        total = miss + DECAY / 2 * (fitted[:-1] ** 2).sum()
        total.backward()
        return total

    optimizer.step(loss)
    *weights, bias = fitted.detach().numpy()
    weights = np.array(weights) / deviations
    return weights, float(bias - means @ weights)


def choose_threshold(probabilities: NDArray[np.float64], here: NDArray[np.bool_], precision: float) -> float:
    """Return the highest threshold below which enough drawings are of what is lacking; 0 if there is none.

    Args:
        probabilities: (n,) that the gallery has what was drawn.
        here: (n,) whether it has.
        precision: See `zsbir.training.fits.measure.measure`.
    """
    order = np.argsort(probabilities, kind="stable")
    alarms = np.cumsum(here[order]) / max(here.sum(), 1)
    recall = np.cumsum(~here[order]) / max((~here).sum(), 1)
    good = recall >= precision * (recall + alarms)
    good[:FEWEST] = False
    return float(np.nextafter(probabilities[order[np.flatnonzero(good)[-1]]], 1)) if good.any() else 0.0
