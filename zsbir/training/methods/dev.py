"""The dev metric: how well held-out sketches find held-out photos, while a method learns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from zsbir.errors import DataError
from zsbir.evaluation import metrics
from zsbir.methods import Method
from zsbir.training.methods.images import Pictures, load_photos, load_sketches, to_batch
from zsbir.training.methods.selection import Selection
from zsbir.training.precision import mixed_precision

BATCH = 64


@dataclass(frozen=True)
class DevTrial:
    """Sketches that search among photos.

    Attributes:
        name: "seen" for held-out pictures of training categories, "transfer" for held-out categories.
        sketches: The queries.
        photos: The gallery, in the order of their files.
        counts: Whether the trial takes part in the number that selects the checkpoint.
    """

    name: str
    sketches: Pictures
    photos: Pictures
    counts: bool


def load_trials(selection: Selection, side: int, mode: str) -> list[DevTrial]:
    """Decode the held-out pictures.

    Zero-shot search is about new categories, so these alone select a category-level checkpoint; in
    fine-grained mode new instances count as much.

    Raises:
        DataError: Nothing is held out that a metric could be taken on.
    """
    parts = {
        "seen": (selection.dev_sketches, selection.dev_photos),
        "transfer": (selection.transfer_sketches, selection.transfer_photos),
    }
    there = [name for name, (sketches, photos) in parts.items() if sketches and photos]
    if not there:
        raise DataError(
            "Nothing is held out to select the best checkpoint by: the data has no dev split, and too few "
            "categories for --held-out-categories; hold out at least one category."
        )
    trials = []
    for name in there:
        sketches, photos = parts[name]
        counts = mode == "fine-grained" or name == "transfer" or len(there) == 1
        in_order = sorted(photos, key=lambda source: source.item.file)
        trials.append(DevTrial(name, load_sketches(sketches, side), load_photos(in_order, side), counts))
    return trials


def measure(method: Method, trials: Sequence[DevTrial], mode: str) -> dict[str, float]:
    """Return the metrics of every trial, and the mean of those that count as "dev".

    Category level: mAP@all and P@10 over the trial's gallery. Fine-grained: Acc@1 and Acc@5 among the photos
    of the sketch's own category.
    """
    was_training = method.training
    method.eval()
    found: dict[str, float] = {}
    main = []
    for trial in trials:
        values = _fine_grained(method, trial) if mode == "fine-grained" else _category(method, trial)
        found |= {f"{trial.name}/{name}": value for name, value in values.items()}
        main += [next(iter(values.values()))] if trial.counts else []
    method.train(was_training)
    return {"dev": float(np.mean(main)), **found}


def _category(method: Method, trial: DevTrial) -> dict[str, float]:
    scores = (
        _embed(method.embed_sketches, method, trial.sketches)
        @ _embed(method.embed_photos, method, trial.photos).T
    )
    queries, photos = _categories(trial.sketches), _categories(trial.photos)
    ranked = metrics.rank_relevance(scores, queries[:, None] == photos[None])
    return {
        "mAP@all": float(metrics.average_precision(ranked).mean()),
        "P@10": float(metrics.precision(ranked, 10).mean()),
    }


def _fine_grained(method: Method, trial: DevTrial) -> dict[str, float]:
    """Category by category, as methods that need one embed under it."""
    ranks = []
    for category in sorted({item.category for item in trial.sketches.items}):
        sketches, photos = _part(trial.sketches, category), _part(trial.photos, category)
        if method.support:
            method.remember(category, to_batch(photos.pixels[: method.support], method.preprocess))
        scores = (
            _embed(method.embed_sketches, method, sketches, category)
            @ _embed(method.embed_photos, method, photos, category).T
        )
        wanted, shown = (np.array([item.instance for item in part.items]) for part in (sketches, photos))
        ranks.append(metrics.paired_rank(scores, wanted[:, None] == shown[None]))
    ranks = np.concatenate(ranks)
    return {"Acc@1": float((ranks <= 1).mean()), "Acc@5": float((ranks <= 5).mean())}


def _embed(forward: object, method: Method, pictures: Pictures, category: str | None = None) -> np.ndarray:
    device = method.backbone.device
    with mixed_precision("auto", device):
        parts = [
            forward(to_batch(pictures.pixels[start : start + BATCH].to(device), method.preprocess), category)
            for start in range(0, len(pictures), BATCH)
        ]
    return torch.cat(parts).float().cpu().numpy()


def _part(pictures: Pictures, category: str) -> Pictures:
    rows = [row for row, item in enumerate(pictures.items) if item.category == category]
    return Pictures(pictures.pixels[rows], tuple(pictures.items[row] for row in rows))


def _categories(pictures: Pictures) -> np.ndarray:
    return np.array([item.category for item in pictures.items])
