"""Which triplets a step learns from, decided by the seed and the step alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import torch
from torch import Tensor

from zsbir.data import Item
from zsbir.errors import DataError
from zsbir.training.methods.config import TrainConfig


@dataclass(frozen=True)
class Triplets:
    """Positions of n triplets in the pictures, and of the support photos; all (n,) or (m,) int64."""

    sketches: Tensor
    photos: Tensor
    negatives: Tensor
    support: Tensor | None = None
    category: str | None = None


class Catalogue:
    """What each picture of a training set shows, as numbers.

    Args:
        sketches: One item a sketch.
        photos: One item a photo.
        mode: What a right photo is: any of the category, or one of the instance ("fine-grained").

    Attributes:
        categories: Sorted; labels are positions in it.
        labels, photo_labels: Label of every sketch and photo.
        sizes: How many sketches each category has.
        photo_instances: Equal where two photos show the same instance of the same category.

    Raises:
        DataError: After broken pictures were left out, some sketch has no right or no wrong photo.
    """

    def __init__(self, sketches: tuple[Item, ...], photos: tuple[Item, ...], mode: str) -> None:
        self.mode = mode
        self.categories = sorted({item.category for item in sketches})
        rows = {name: row for row, name in enumerate(self.categories)}
        kept = [index for index, item in enumerate(photos) if item.category in rows]
        self.labels = torch.tensor([rows[item.category] for item in sketches])
        self.sizes = self.labels.bincount()
        self.photo_labels = torch.tensor([rows.get(item.category, -1) for item in photos])
        keys = [(item.category, item.instance or item.file) for item in photos]
        numbers = {key: number for number, key in enumerate(dict.fromkeys(keys))}
        self.photo_instances = torch.tensor([numbers[key] for key in keys])
        self.of_category = _group(self.labels.tolist(), range(len(sketches)))
        self.photos_of_category = _group((rows[photos[i].category] for i in kept), kept)
        self.photos_of_instance = _group((keys[i] for i in kept), kept)
        self._sketch_keys = [(item.category, item.instance) for item in sketches]
        self._check()

    def right(self, sketch: int) -> list[int]:
        """The photos that answer a sketch."""
        if self.mode == "fine-grained":
            return self.photos_of_instance.get(self._sketch_keys[sketch], [])
        return self.photos_of_category.get(int(self.labels[sketch]), [])

    def wrong(self, sketch: int, generator: torch.Generator) -> int:
        """Draw a photo that does not: of another instance of the category, or of another category."""
        label = int(self.labels[sketch])
        if self.mode == "fine-grained":
            right = set(self.right(sketch))
            return _pick([photo for photo in self.photos_of_category[label] if photo not in right], generator)
        other = (label + 1 + _draw(len(self.categories) - 1, generator)) % len(self.categories)
        return _pick(self.photos_of_category[other], generator)

    def _check(self) -> None:
        fine = self.mode == "fine-grained"
        if not fine and len(self.categories) < 2:
            raise DataError(
                f"Only sketches of {self.categories[0]} can be read, and category-level training tells "
                "categories apart; mend the pictures that the messages above name."
            )
        for label, sketches in self.of_category.items():
            photos = self.photos_of_category.get(label, [])
            # Fine-grained, two photos of one instance offer nothing that would be wrong.
            shown = {int(self.photo_instances[photo]) for photo in photos} if fine else photos
            few = len(shown) < (2 if fine else 1)
            if few or (fine and any(not self.right(sketch) for sketch in sketches)):
                raise DataError(
                    f"Of the category {self.categories[label]} too few photos can be read for its sketches; "
                    "mend the pictures that the messages above name, or leave the category out."
                )


def draw_triplets(catalogue: Catalogue, config: TrainConfig, generator: torch.Generator) -> Triplets:
    """Draw the triplets of a step with the sampler of the config; the generator decides everything."""
    category = None
    if config.sampler == "random":
        sketches = _draw_sketches(catalogue, config, generator)
    elif config.sampler == "pk":
        several = min(config.batch // config.per_class, len(catalogue.categories))
        labels = _draw_labels(catalogue, config, several, generator)
        each = config.batch // several
        sketches = [s for label in labels for s in _some(catalogue.of_category[label], each, generator)]
    else:
        (label,) = _draw_labels(catalogue, config, 1, generator)
        sketches = _some(catalogue.of_category[label], config.batch, generator)
        category = catalogue.categories[label]
    photos = [_pick(catalogue.right(sketch), generator) for sketch in sketches]
    negatives = [catalogue.wrong(sketch, generator) for sketch in sketches]
    support = None
    if category is not None and config.support:
        support = torch.tensor(_some(catalogue.photos_of_category[label], config.support, generator))
    return Triplets(torch.tensor(sketches), torch.tensor(photos), torch.tensor(negatives), support, category)


def _draw_sketches(catalogue: Catalogue, config: TrainConfig, generator: torch.Generator) -> list[int]:
    """Draw sketches one by one, none twice unless there are fewer than the batch wants."""
    weights = catalogue.sizes.double()[catalogue.labels] ** (config.balance - 1)
    again = len(weights) < config.batch
    return torch.multinomial(weights, config.batch, replacement=again, generator=generator).tolist()


def _draw_labels(
    catalogue: Catalogue, config: TrainConfig, count: int, generator: torch.Generator
) -> list[int]:
    weights = catalogue.sizes.double() ** config.balance
    return torch.multinomial(weights, count, generator=generator).tolist()


def _some(pool: list[int], count: int, generator: torch.Generator) -> list[int]:
    """Draw without repeating any before all were drawn."""
    drawn: list[int] = []
    while len(drawn) < count:
        order = torch.randperm(len(pool), generator=generator)
        drawn += [pool[index] for index in order[: count - len(drawn)].tolist()]
    return drawn


def _pick(pool: list[int], generator: torch.Generator) -> int:
    return pool[_draw(len(pool), generator)]


def _draw(count: int, generator: torch.Generator) -> int:
    return int(torch.randint(count, (), generator=generator))


def _group(keys: object, values: object) -> dict:
    grouped = defaultdict(list)
    for key, value in zip(keys, values, strict=True):
        grouped[key].append(value)
    return dict(grouped)
