"""Photo files to pixels, in threads that stay a little ahead of the model."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Container, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zsbir.errors import ImageError
from zsbir.images import open_image, to_pixels
from zsbir.index.sidecar import content_key

if TYPE_CHECKING:
    import torch

    from zsbir.checkpoint import Checkpoint
    from zsbir.gallery import Gallery, Photo

WORKERS = min(8, os.cpu_count() or 1)
AHEAD = 64  # photos decoded before the model asks for them, about 40 MB


@dataclass(frozen=True)
class Decoded:
    """A photo ready for the model.

    Attributes:
        photo: Which.
        key: Its content key; "" if the file could not be read.
        pixels: (1, 3, side, side) float32, or None if its vector is known already.
        problem: Why it cannot be used; "" if it can.
    """

    photo: Photo
    key: str = ""
    pixels: torch.Tensor | None = None
    problem: str = ""


def decode_ahead(
    photos: Iterable[Photo], gallery: Gallery, checkpoint: Checkpoint, known: Container[str]
) -> Generator[Decoded, None, None]:
    """Yield the photos in order; those whose content key is known are not decoded."""
    pool = ThreadPoolExecutor(WORKERS, "zsbir-decode")
    pending: deque[Future[Decoded]] = deque()
    try:
        for photo in photos:
            pending.append(pool.submit(_decode, photo, gallery, checkpoint, known))
            if len(pending) > AHEAD:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _decode(photo: Photo, gallery: Gallery, checkpoint: Checkpoint, known: Container[str]) -> Decoded:
    try:
        content = gallery.path(photo).read_bytes()
    except FileNotFoundError:
        return Decoded(photo, problem="The file is listed in photos.csv, but is not there.")
    except OSError as error:
        return Decoded(photo, problem=f"The file cannot be read ({error.strerror}).")
    key = content_key(content, photo, checkpoint)
    if key in known:
        return Decoded(photo, key)
    try:
        pixels = to_pixels(open_image(content), checkpoint.method.preprocess)
    except ImageError as error:
        return Decoded(photo, key, problem=str(error))
    return Decoded(photo, key, pixels)
