"""Pictures and drawings of datasets to embeddings, each computed once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from zsbir.data.dataset import Dataset
from zsbir.data.layouts import Item
from zsbir.errors import DataError, DrawingError, ImageError
from zsbir.methods.pictures import BATCH, embed_pictures, teach, warn_of_small_categories

if TYPE_CHECKING:
    import torch
    from PIL import Image

    from zsbir.methods.base import Method


@dataclass(frozen=True)
class Broken:
    """A picture that could not be read, and why."""

    file: str
    reason: str


@dataclass(frozen=True)
class Embedded:
    """What could be embedded, in the order asked for.

    Attributes:
        items: The m items that were readable.
        vectors: (m, dim) float32, unit rows.
        broken: The items that were not.
    """

    items: tuple[Item, ...]
    vectors: NDArray[np.float32]
    broken: tuple[Broken, ...]


@dataclass(frozen=True)
class _Picture:
    """An item, with pixels or with the reason why there are none."""

    item: Item
    pixels: torch.Tensor | None
    problem: str = ""


class Embedder:
    """Embeds as the app does, and remembers every vector.

    Args:
        method: Sees photos through `embed_photos` and sketches through `embed_sketches`.
        raw_sketch: Letterbox sketch pictures as they are, without bringing them to the page's rendering.
        batch: Pictures that go through the model together.
    """

    def __init__(self, method: Method, *, raw_sketch: bool = False, batch: int = BATCH) -> None:
        self._method = method
        self._raw_sketch = raw_sketch
        self._batch = batch
        self._datasets: list[Dataset] = []
        self._support: dict[str, list[tuple[int, str]]] = {}  # what taught each category
        self._vectors: dict[tuple, NDArray[np.float32] | Broken] = {}

    def learn(self, dataset: Dataset, groups: Mapping[str, Iterable[Item]]) -> None:
        """Let the method remember categories, each from the first of its photos, by file name.

        Args:
            dataset: Of the photos.
            groups: What the method will be told -> all photos of that category in the gallery.
        """
        load, place = partial(self._load, dataset), self._place(dataset)
        for category, photos in groups.items():
            ordered = sorted(photos, key=lambda item: item.file)
            first = [(place, item.file) for item in ordered[: self._method.support]]
            if self._support.get(category) != first:
                shown = teach(self._method, category, map(load, ordered))
                self._support[category] = [(place, picture.item.file) for picture in shown]
        warn_of_small_categories(self._method, {name: self._support[name] for name in groups})

    def embed(
        self, dataset: Dataset, items: Sequence[Item], categories: Sequence[str] | None = None
    ) -> Embedded:
        """Embed items of one modality.

        Args:
            dataset: Where they come from.
            items: Photos, or sketches; not both.
            categories: What the method is told of each item; None tells it nothing.

        Raises:
            CheckpointError: The method's embeddings are not finite.
        """
        told: Sequence[str | None] = [None] * len(items) if categories is None else categories
        keys = [self._key(dataset, item, name) for item, name in zip(items, told, strict=True)]
        missing: dict[str | None, dict[tuple, Item]] = {}
        for key, item, name in zip(keys, items, told, strict=True):
            if key not in self._vectors:
                missing.setdefault(name, {})[key] = item
        if missing:
            self._fill(dataset, missing)
        found = [self._vectors[key] for key in keys]
        rows = [vector for vector in found if not isinstance(vector, Broken)]
        return Embedded(
            tuple(item for item, v in zip(items, found, strict=True) if not isinstance(v, Broken)),
            np.stack(rows) if rows else np.zeros((0, self._method.dim), dtype=np.float32),
            tuple(vector for vector in found if isinstance(vector, Broken)),
        )

    def picture(self, dataset: Dataset, item: Item) -> Image.Image:
        """Open a photo, or a sketch as the method sees it.

        Raises:
            DataError, ImageError, DrawingError: It cannot be read.
        """
        from zsbir.images import normalise_sketch

        side = self._method.preprocess.side
        if item.is_vector:
            return dataset.drawing(item).render(side)
        picture = dataset.read(item)
        is_raw = item.modality == "photo" or self._raw_sketch
        return picture if is_raw else normalise_sketch(picture, side)

    def _fill(self, dataset: Dataset, missing: dict[str | None, dict[tuple, Item]]) -> None:
        load = partial(self._load, dataset)
        total = sum(map(len, missing.values()))
        with tqdm(total=total, desc=dataset.name, disable=None, leave=False) as bar:
            for category, group in missing.items():
                keys = {item.file: key for key, item in group.items()}
                is_sketch = any(item.modality == "sketch" for item in group.values())
                embed = self._method.embed_sketches if is_sketch else self._method.embed_photos
                embed = partial(embed, category=category)
                for picture, vector in embed_pictures(group.values(), load, embed, self._batch):
                    item = picture.item
                    self._vectors[keys[item.file]] = (
                        Broken(item.file, picture.problem) if vector is None else vector
                    )
                    bar.update()

    def _load(self, dataset: Dataset, item: Item) -> _Picture:
        from zsbir.images import to_pixels

        try:
            return _Picture(item, to_pixels(self.picture(dataset, item), self._method.preprocess))
        except (DataError, ImageError, DrawingError) as error:
            return _Picture(item, None, str(error))

    def _key(self, dataset: Dataset, item: Item, category: str | None) -> tuple:
        support = () if category is None else tuple(self._support.get(category, ()))
        return self._place(dataset), item.file, category, support

    def _place(self, dataset: Dataset) -> int:
        """Number the datasets: two may have one name."""
        for place, known in enumerate(self._datasets):
            if known is dataset:
                return place
        self._datasets.append(dataset)
        return len(self._datasets) - 1
