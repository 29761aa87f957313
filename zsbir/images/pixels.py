"""PIL image to CLIP pixels: the only place with mean, std, padding and resampling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from zsbir.errors import ImageError
from zsbir.images.opening import flatten

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

PAPER = 255
SHRUNK, REDUCED = 2, 6  # times as large as wanted: torch shrinks from there; Pillow averages first from there


@dataclass(frozen=True)
class Preprocess:
    """What a backbone expects of its pixels; saved beside its weights and beside every index.

    Attributes:
        side: of the square input, in pixels.
        mean: subtracted from each of the channels R, G, B, scaled to [0, 1].
        std: by which each channel is then divided.
        resample: "bicubic", antialiased; the only one so far.
    """

    side: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    resample: str = "bicubic"

    def __post_init__(self) -> None:
        if not isinstance(self.side, int) or self.side < 1:
            raise ImageError(f"Preprocessing needs a side of at least 1 pixel, not {self.side!r}.")
        if self.resample != "bicubic":
            raise ImageError(f"Preprocessing knows the resampling 'bicubic', not {self.resample!r}.")
        try:
            mean, std = (tuple(map(float, values)) for values in (self.mean, self.std))
        except (TypeError, ValueError):
            mean = std = ()
        if len(mean) != 3 or len(std) != 3 or not np.isfinite(mean + std).all() or min(std) <= 0:
            raise ImageError("Preprocessing needs three means and three stds above 0, all of them numbers.")
        object.__setattr__(self, "mean", mean)
        object.__setattr__(self, "std", std)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON can hold them; `from_dict` reads them back."""
        return {
            key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Preprocess:
        """Read what `to_dict` wrote.

        Raises:
            ImageError: a key is missing or unknown, or a value does not fit.
        """
        known = {field.name for field in fields(cls)}
        if set(values) != known:
            raise ImageError(
                f"Preprocessing must have exactly the keys {sorted(known)}, not {sorted(values)}. "
                "The file may come from another version of zsbir."
            )
        return cls(**values)


def to_pixels(images: Image.Image | Sequence[Image.Image], preprocess: Preprocess) -> Tensor:
    """Turn one picture or several into a batch: white letterbox to a square, bicubic resize, normalised.

    Args:
        images: a PIL image or a non-empty sequence of them, of any size and mode; transparent parts become
            white.
        preprocess: of the backbone.

    Returns:
        (n, 3, side, side) float32 tensor on the CPU.
    """
    import torch

    images = [images] if isinstance(images, Image.Image) else images
    return normalise(torch.cat([to_levels(image, preprocess.side) for image in images]), preprocess)


def to_levels(image: Image.Image, side: int) -> Tensor:
    """Do the first half of `to_pixels`, which takes a quarter of its memory: (1, 3, side, side) uint8."""
    import torch

    image = flatten(image, keep_grey=True)
    (left, top), (width, height) = _place(image.size, side)
    levels = torch.full((1, 3, side, side), PAPER, dtype=torch.uint8)
    # Not by way of `letterbox`: making a picture and planes of it again would take as long as the shrinking.
    levels[0, :, top : top + height, left : left + width] = _resized_planes(image, (width, height))
    return levels


def normalise(levels: Tensor, preprocess: Preprocess) -> Tensor:
    """Do the second half of `to_pixels`: (n, 3, side, side), uint8 to float32."""
    import torch

    mean, std = (torch.tensor(stat)[:, None, None] for stat in (preprocess.mean, preprocess.std))
    return levels.to(torch.float32).div_(255).sub_(mean).div_(std)


def letterbox(image: Image.Image, side: int) -> Image.Image:
    """Resize an "L" or "RGB" picture into a square of `side` pixels, aspect kept, on white paper."""
    corner, size = _place(image.size, side)
    if size != image.size:
        image = _resize(image, size)
    if size == (side, side):
        return image
    paper = Image.new(image.mode, (side, side), PAPER if image.mode == "L" else (PAPER,) * 3)
    paper.paste(image, corner)
    return paper


def _place(size: tuple[int, int], side: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Where a picture goes on its paper, (left, top), and how large, (width, height)."""
    scale = side / max(size)
    width, height = (max(1, round(length * scale)) for length in size)
    return ((side - width) // 2, (side - height) // 2), (width, height)


def _resize(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Resample an "L" or "RGB" picture, bicubic, antialiased."""
    if not _is_torchs(image.size, size):
        return image.resize(size, Image.Resampling.BICUBIC, reducing_gap=REDUCED / 2)
    values = _shrunk(_planes(image), size).permute(1, 2, 0).numpy()
    return Image.fromarray(values.squeeze(2) if image.mode == "L" else values)


def _resized_planes(image: Image.Image, size: tuple[int, int]) -> Tensor:
    """Do the same, to planes: (1 or 3, height, width) uint8."""
    if _is_torchs(image.size, size):
        return _shrunk(_planes(image), size)
    return _planes(image if image.size == size else _resize(image, size))


def _planes(image: Image.Image) -> Tensor:
    import torch

    values = np.array(image)
    return torch.from_numpy(values.reshape(*values.shape[:2], -1)).permute(2, 0, 1)


def _shrunk(planes: Tensor, size: tuple[int, int]) -> Tensor:
    from torch.nn.functional import interpolate

    return interpolate(planes[None], size[::-1], mode="bicubic", antialias=True)[0]


def _is_torchs(size: tuple[int, int], wanted: tuple[int, int]) -> bool:
    """Whether torch resamples it, in a quarter of Pillow's time; a few levels in 1,000 differ, by one."""
    return SHRUNK <= max(size) / max(wanted) < REDUCED
