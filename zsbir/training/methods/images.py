"""Training pictures in memory, decoded once, and the batches of pixels that are cut out of them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from zsbir.data import Dataset, Item
from zsbir.data.lots import lot
from zsbir.errors import DataError, ZSBIRError
from zsbir.images import Preprocess, normalise_sketch
from zsbir.images.pixels import letterbox
from zsbir.training.strokes import augmented_drawing

log = logging.getLogger(__name__)
THREADS = 4  # decoding releases the GIL


@dataclass(frozen=True)
class Source:
    """A picture and where it is read from."""

    dataset: Dataset
    item: Item

    @property
    def key(self) -> tuple[str, str]:
        """What it shows: the category and the instance, which may be empty."""
        return self.item.category, self.item.instance

    @property
    def lot(self) -> bytes:
        """Its place in every draw of pictures, the same on every machine."""
        return lot(f"{self.dataset.name}/{self.item.file}")


@dataclass(frozen=True)
class Pictures:
    """Pictures of one modality.

    Attributes:
        pixels: (n, 3, side, side) uint8 for photos, (n, 1, side, side) for sketches.
        items: What each picture shows; a drawing in several renderings stands there several times.
    """

    pixels: Tensor
    items: tuple[Item, ...]

    def __len__(self) -> int:
        return len(self.items)


def load_photos(sources: Sequence[Source], side: int) -> Pictures:
    """Decode photos as the app does: white letterbox, bicubic; broken ones are named and left out."""

    def load(source: Source) -> np.ndarray:
        picture = letterbox(source.dataset.read(source.item).convert("RGB"), side)
        return np.asarray(picture).transpose(2, 0, 1)

    return _read(sources, load, (3, side, side), "photos")


def load_sketches(
    sources: Sequence[Source], side: int, *, variants: int = 0, seed: int = 0, flip: bool = True
) -> Pictures:
    """Decode sketches as the app sees them: brought to the look of its own rendering.

    Args:
        sources: Sketches; strokes or pictures.
        side: Of the square pictures, in pixels.
        variants: Renderings of each drawing that has strokes, differently augmented; 0 gives the plain one.
        seed: Of the augmentation.
        flip: Mirror half of those renderings.
    """
    jobs = [(s, n) for s in sources for n in range(max(1, variants) if s.item.is_vector else 1)]

    def load(job: tuple[Source, int]) -> np.ndarray:
        dataset, item = job[0].dataset, job[0].item
        if not item.is_vector:
            return np.asarray(normalise_sketch(dataset.read(item), side))[None]
        if not variants:
            return np.asarray(dataset.drawing(item).render(side))[None]
        rng = np.random.default_rng([seed, job[1], *item.file.encode()])
        return augmented_drawing(dataset.drawing(item), side, rng, flip=flip)[None]

    return _read(jobs, load, (1, side, side), "sketches", lambda job: job[0].item)


def _read(
    jobs: Sequence,
    load: Callable,
    shape: tuple[int, ...],
    what: str,
    item_of: Callable = lambda source: source.item,
) -> Pictures:
    """Run `load` over the jobs in threads, straight into one tensor."""
    pixels = torch.empty((len(jobs), *shape), dtype=torch.uint8)
    kept: list[Item] = []

    def one(job: object) -> np.ndarray | None:
        try:
            return load(job)
        except ZSBIRError as error:
            log.warning("left out: %s", error)
            return None

    with ThreadPoolExecutor(THREADS) as threads:
        loaded = tqdm(threads.map(one, jobs), what, len(jobs), mininterval=2, disable=None, leave=False)
        for job, picture in zip(jobs, loaded, strict=True):
            if picture is not None:
                pixels[len(kept)] = torch.from_numpy(np.array(picture))  # PIL's own is not writable
                kept.append(item_of(job))
    if not kept:
        raise DataError(f"None of the {len(jobs)} {what} can be read; see the messages above.")
    return Pictures(pixels[: len(kept)], tuple(kept))


def to_batch(pixels: Tensor, preprocess: Preprocess) -> Tensor:
    """Turn (n, 1 or 3, side, side) uint8 into what `zsbir.images.to_pixels` gives for the same pictures."""
    return normalise(pixels.float() / 255, preprocess)


def normalise(values: Tensor, preprocess: Preprocess) -> Tensor:
    """Turn (n, 1 or 3, side, side) values in [0, 1] into a backbone's (n, 3, side, side) input."""
    mean, std = (
        torch.tensor(stat, device=values.device)[:, None, None] for stat in (preprocess.mean, preprocess.std)
    )
    return (values.expand(-1, 3, -1, -1) - mean) / std
