"""Pictures and drawings of a dataset to embeddings, decoded in threads while the model works."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from zsbir.data.dataset import Dataset
from zsbir.data.layouts import Item
from zsbir.errors import CheckpointError, DataError, DrawingError, ImageError

if TYPE_CHECKING:
    import torch
    from PIL import Image

    from zsbir.images import Preprocess
    from zsbir.methods.base import Method

BATCH = 32
WORKERS = 4  # decoding releases the GIL; more threads only wait for the model


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


def embed_items(
    items: Iterable[Item], dataset: Dataset, method: Method, *, raw_sketch: bool = False, batch: int = BATCH
) -> Embedded:
    """Embed items of one modality as the app embeds them.

    Args:
        items: Photos, or sketches; not both.
        dataset: Where they come from.
        method: Sees photos through `embed_photos` and sketches through `embed_sketches`.
        raw_sketch: Letterbox sketch pictures as they are, without bringing them to the page's rendering.
        batch: Pictures that go through the model together.

    Raises:
        CheckpointError: The method's embeddings are not finite.
    """
    items = tuple(items)
    is_sketch = any(item.modality == "sketch" for item in items)
    forward = method.embed_sketches if is_sketch else method.embed_photos

    def load(item: Item) -> torch.Tensor | Broken:
        return _load(item, dataset, method.preprocess, raw_sketch)

    kept: list[Item] = []
    broken: list[Broken] = []
    vectors: list[NDArray[np.float32]] = []
    with tqdm(total=len(items), desc="sketches" if is_sketch else "photos", disable=None, leave=False) as bar:
        for chunk, loaded in _ahead(load, items, batch):
            good = [(item, x) for item, x in zip(chunk, loaded, strict=True) if not isinstance(x, Broken)]
            broken += [x for x in loaded if isinstance(x, Broken)]
            if good:
                kept += [item for item, _ in good]
                vectors.append(_forward(forward, [pixels for _, pixels in good]))
            bar.update(len(chunk))
    stacked = np.concatenate(vectors) if vectors else np.zeros((0, method.dim), dtype=np.float32)
    return Embedded(tuple(kept), stacked, tuple(broken))


def _load(item: Item, dataset: Dataset, preprocess: Preprocess, raw_sketch: bool) -> torch.Tensor | Broken:
    from zsbir.images import to_pixels

    try:
        return to_pixels(_picture(item, dataset, preprocess.side, raw_sketch), preprocess)
    except (DataError, ImageError, DrawingError) as error:
        return Broken(item.file, str(error))


def _picture(item: Item, dataset: Dataset, side: int, raw_sketch: bool) -> Image.Image:
    from zsbir.images import normalise_sketch

    if item.is_vector:
        return dataset.drawing(item).render(side)
    picture = dataset.read(item)
    return normalise_sketch(picture, side) if item.modality == "sketch" and not raw_sketch else picture


def _forward(
    forward: Callable[[torch.Tensor], torch.Tensor], pixels: list[torch.Tensor]
) -> NDArray[np.float32]:
    import torch

    with torch.inference_mode():
        vectors = forward(torch.cat(pixels)).float().cpu().numpy()
    if not np.isfinite(vectors).all():
        raise CheckpointError("The checkpoint gives embeddings that are not finite; train or fetch it again.")
    return vectors


def _ahead(
    load: Callable[[Item], torch.Tensor | Broken], items: tuple[Item, ...], batch: int
) -> Iterator[tuple[tuple[Item, ...], list[torch.Tensor | Broken]]]:
    """Yield batches in order while the next one is being decoded; never more than two in memory."""
    chunks = [items[start : start + batch] for start in range(0, len(items), batch)]
    with ThreadPoolExecutor(WORKERS) as pool:
        pending: list[Future] = []
        for chunk, following in itertools.zip_longest(chunks, chunks[1:]):
            current = pending or [pool.submit(load, item) for item in chunk]
            pending = [pool.submit(load, item) for item in following or ()]
            yield chunk, [future.result() for future in current]
