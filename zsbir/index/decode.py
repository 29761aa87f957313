"""A photo of a gallery to its content key, and to pixels where its vector is not known yet."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from zsbir.errors import ImageError
from zsbir.images import Preprocess, normalise, open_image, to_levels
from zsbir.index.sidecar import content_key

if TYPE_CHECKING:
    import torch

    from zsbir.gallery import Gallery, Photo

MISSING = "The file is listed in photos.csv, but is not there."
SPARE = 2  # photos are decoded at no less than twice the model's side; see `open_image`


@dataclass(frozen=True)
class Decoded:
    """A photo ready for the model.

    Attributes:
        photo: Which.
        key: Its content key; "" if the file could not be read.
        pixels: (1, 3, side, side) uint8, which `zsbir.images.normalise` finishes, or None if its vector is
            known already.
        problem: Why it cannot be used; "" if it can.
    """

    photo: Photo
    key: str = ""
    pixels: torch.Tensor | None = None
    problem: str = ""


def decode(
    photo: Photo, gallery: Gallery, preprocess: Preprocess, *, context: str = "", known: Container[str] = ()
) -> Decoded:
    """Read a photo; one whose content key is known is not decoded.

    Args:
        photo: Which.
        gallery: Where it lies.
        preprocess: How it becomes pixels.
        context: Part of its content key, see `zsbir.index.sidecar.context`.
        known: The content keys of vectors that need not be made again.
    """
    try:
        content = gallery.path(photo).read_bytes()
    except FileNotFoundError:
        return Decoded(photo, problem=MISSING)
    except OSError as error:
        return Decoded(photo, problem=f"The file cannot be read ({error.strerror}).")
    key = content_key(content, context)
    if key in known:
        return Decoded(photo, key)
    try:
        pixels = to_levels(open_image(content, enough=SPARE * preprocess.side), preprocess.side)
    except ImageError as error:
        return Decoded(photo, key, problem=str(error))
    return Decoded(photo, key, pixels)


def finish(decoded: Decoded, preprocess: Preprocess) -> Decoded:
    """Turn its pixels into the float32 that a method takes."""
    if decoded.pixels is None:
        return decoded
    return replace(decoded, pixels=normalise(decoded.pixels, preprocess))
