"""Random views of the pictures in memory: crops of photos, and what another hand would have drawn."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from zsbir.training.backbone.augment import random_crops

# Share of a sketch's square that is seen; above 1 adds paper around it, and below 1 would cut lines off. No
# promise: under the tiny preset's turn and warp, ink of 7 in 100 of Sketchy's sketches reaches the edge,
# of 3 by the stretch of `random_crops` alone. The bundled checkpoints were trained so.
SKETCH_AREA = (1.0, 1.35)


def random_views(
    pixels: Tensor, side: int, zoom: tuple[float, float], flips: Tensor, generator: torch.Generator
) -> Tensor:
    """Cut a square out of every picture, or show it smaller on white paper, and mirror some.

    Args:
        pixels: (n, channels, h, h) uint8.
        side: Pixels of the result.
        zoom: Between which shares of the picture's side the square's lies; above 1 adds paper around it.
            (1, 1) cuts nothing.
        flips: (n,) bool, which pictures to mirror.
        generator: On the CPU; decides size and place.

    Returns:
        (n, channels, side, side) float32 in [0, 1].
    """
    values = pixels.float() / 255
    mirror = flips.to(pixels.device)[:, None, None, None]
    values = torch.where(mirror, values.flip(-1), values)
    if zoom == (1, 1) and pixels.shape[-1] == side:
        return values
    n = len(pixels)
    scale = zoom[0] + (zoom[1] - zoom[0]) * torch.rand(n, generator=generator)
    shift = (1 - scale).abs()[:, None] * (2 * torch.rand(n, 2, generator=generator) - 1)
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0] = theta[:, 1, 1] = scale
    theta[:, :, 2] = shift
    size = [n, pixels.shape[1], side, side]
    grid = F.affine_grid(theta.to(pixels.device), size, align_corners=False)
    ink = F.grid_sample(1 - values, grid, padding_mode="zeros", align_corners=False)  # outside: white paper
    return 1 - ink


def another_hand(
    pixels: Tensor,
    side: int,
    flips: Tensor,
    generator: torch.Generator,
    *,
    turn: float,
    warp: float,
    pen: float,
) -> Tensor:
    """Show sketches as another hand might have drawn them: turned, stretched, bent, with another pen.

    Few people drew the sketches of a benchmark, and a tower with some freedom learns their hands by heart.

    Args:
        pixels: (n, 1, h, h) uint8, dark lines on white.
        side: Pixels of the result.
        flips: (n,) bool, which sketches to mirror.
        generator: On the CPU; decides everything.
        turn: Standard deviation of the rotation in radians.
        warp: Standard deviation of a smooth bending, in half picture widths.
        pen: Most that lines grow thicker or thinner, in [0, 1]; 1 is a pixel on both sides.

    Returns:
        (n, 1, side, side) float32 in [0, 1].
    """
    views = random_crops(pixels, side, generator, area=SKETCH_AREA, turn=turn, warp=warp, flip=False)
    views = torch.where(flips.to(views.device)[:, None, None, None], views.flip(-1), views)
    ink = 1 - views
    change = pen * (2 * torch.rand(len(pixels), 1, 1, 1, generator=generator) - 1).to(ink.device)
    thick, thin = F.max_pool2d(ink, 3, 1, 1), -F.max_pool2d(-ink, 3, 1, 1)
    # Thinning to the end would erase lines of a pixel's width.
    return 1 - torch.where(change > 0, ink.lerp(thick, change), ink.lerp(thin, -0.7 * change))
