"""The dev metric: how well held-out sketches find held-out photos, while a method learns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from zsbir.data import Item
from zsbir.errors import DataError
from zsbir.evaluation import metrics
from zsbir.methods import Method
from zsbir.training.methods.broken import NotFiniteError
from zsbir.training.methods.images import Pictures, Source, load_photos, load_sketches, to_batch
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

    Zero-shot search is about new categories, so these alone select a checkpoint if there are any. In
    fine-grained mode "seen" must not count for another reason too: the results table reports its instances.

    Raises:
        DataError: Nothing is held out that a metric could be taken on.
    """
    parts = {
        "seen": (selection.dev_sketches, selection.dev_photos),
        "transfer": (selection.transfer_sketches, selection.transfer_photos),
    }
    loaded = {name: _load(*sources, side, mode) for name, sources in parts.items() if all(sources)}
    there = {name: pictures for name, pictures in loaded.items() if len(pictures[0])}
    if not there:
        raise DataError(
            "Nothing is held out to select the best checkpoint by: no category has three sketches and three "
            "photos, of as many instances, that can be read; give more pictures of a category."
        )
    return [DevTrial(name, *there[name], name == "transfer" or len(there) == 1) for name in there]


def measure(
    method: Method, trials: Sequence[DevTrial], mode: str, precision: str = "auto"
) -> dict[str, float]:
    """Return the metrics of every trial, and the mean of those that count as "dev".

    Category level: mAP@all and P@10 over the trial's gallery. Fine-grained: Acc@1 and Acc@5 among the photos
    of the sketch's own category.

    Args:
        method: Embeds; in its evaluation mode while it is measured.
        trials: At least one that counts.
        mode: "category" or "fine-grained".
        precision: Of the run, which holds on CUDA; elsewhere it is single precision, as checkpoints are
            served.

    Raises:
        NotFiniteError: Embeddings are not finite; their comparisons would all be false and look right.
    """
    was_training = method.training
    method.eval()
    found: dict[str, float] = {}
    main = []
    for trial in trials:
        metrics_of = _fine_grained if mode == "fine-grained" else _category
        values = metrics_of(method, trial, precision)
        found |= {f"{trial.name}/{name}": value for name, value in values.items()}
        main += [next(iter(values.values()))] if trial.counts else []
    method.train(was_training)
    return {"dev": float(np.mean(main)), **found}


def _load(
    sketches: Sequence[Source], photos: Sequence[Source], side: int, mode: str
) -> tuple[Pictures, Pictures]:
    """Decode a trial in the order of the photos' files, without sketches that no readable photo answers."""
    shown = load_photos(sorted(photos, key=lambda source: source.item.file), side)
    drawn = load_sketches(sketches, side)

    def sought(item: Item) -> tuple[str, ...]:
        return (item.category, item.instance) if mode == "fine-grained" else (item.category,)

    there = {sought(item) for item in shown.items}
    return _part(drawn, lambda item: sought(item) in there), shown


def _category(method: Method, trial: DevTrial, precision: str) -> dict[str, float]:
    scores = (
        _embed(method.embed_sketches, method, trial.sketches, precision)
        @ _embed(method.embed_photos, method, trial.photos, precision).T
    )
    queries, photos = _categories(trial.sketches), _categories(trial.photos)
    ranked = metrics.rank_relevance(scores, queries[:, None] == photos[None])
    return {
        "mAP@all": float(metrics.average_precision(ranked).mean()),
        "P@10": float(metrics.precision(ranked, 10).mean()),
    }


def _fine_grained(method: Method, trial: DevTrial, precision: str) -> dict[str, float]:
    """Category by category, as methods that need one embed under it."""
    found: dict[int, list[np.ndarray]] = {1: [], 5: []}
    for category in sorted({item.category for item in trial.sketches.items}):
        sketches, photos = (_of_category(part, category) for part in (trial.sketches, trial.photos))
        if method.support:
            method.remember(category, to_batch(photos.pixels[: method.support], method.preprocess))
        scores = (
            _embed(method.embed_sketches, method, sketches, precision, category)
            @ _embed(method.embed_photos, method, photos, precision, category).T
        )
        wanted, shown = (np.array([item.instance for item in part.items]) for part in (sketches, photos))
        ranks = metrics.paired_rank(scores, wanted[:, None] == shown[None])
        for k, hits in found.items():
            # A missing pair has rank count + 1, and must not be among the first 5 of 4 photos.
            hits.append(ranks <= min(k, len(photos)))
    return {f"Acc@{k}": float(np.concatenate(hits).mean()) for k, hits in found.items()}


def _embed(
    forward: Callable, method: Method, pictures: Pictures, precision: str, category: str | None = None
) -> np.ndarray:
    device = method.backbone.device
    with mixed_precision(precision if device.type == "cuda" else "fp32", device):
        parts = [
            forward(to_batch(pictures.pixels[start : start + BATCH].to(device), method.preprocess), category)
            for start in range(0, len(pictures), BATCH)
        ]
    embedded = torch.cat(parts).float().cpu().numpy()
    if not np.isfinite(embedded).all():
        raise NotFiniteError("The embeddings of held-out pictures are not finite; try another backbone.")
    return embedded


def _of_category(pictures: Pictures, category: str) -> Pictures:
    return _part(pictures, lambda item: item.category == category)


def _part(pictures: Pictures, wanted: Callable[[Item], bool]) -> Pictures:
    rows = [row for row, item in enumerate(pictures.items) if wanted(item)]
    return Pictures(pictures.pixels[rows], tuple(pictures.items[row] for row in rows))


def _categories(pictures: Pictures) -> np.ndarray:
    return np.array([item.category for item in pictures.items])
