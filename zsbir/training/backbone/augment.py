"""Augmentation of whole batches on the device, and line drawings made from photos."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F


def random_crops(
    pixels: Tensor,
    side: int,
    generator: torch.Generator,
    *,
    area: tuple[float, float],
    turn: float,
    warp: float = 0.0,
    flip: bool = True,
) -> Tensor:
    """Cut a random square out of every picture, turned, bent and mirrored; what lies outside is white.

    Args:
        pixels: (n, channels, h, w) uint8.
        side: Pixels of the result.
        generator: On the CPU; decides everything.
        area: Share of the picture's area that is kept; above 1 adds white around it.
        turn: Standard deviation of the rotation in radians.
        warp: Standard deviation of a smooth bending, in half picture widths; lines wobble as a hand's do.
        flip: Mirror half of the pictures.

    Returns:
        (n, channels, side, side) float32 in [0, 1].
    """
    n = len(pixels)
    draw = lambda: torch.rand(n, generator=generator)  # noqa: E731 - one word for five draws
    scale = (area[0] + (area[1] - area[0]) * draw()).sqrt()
    aspect = ((draw() - 0.5) * 0.4).exp()
    angle = torch.randn(n, generator=generator) * turn
    mirror = torch.where((draw() < 0.5) & flip, -1.0, 1.0)
    shift = torch.rand(n, 2, generator=generator) * 2 - 1
    room = (1 - scale).abs()[:, None] * shift
    cos, sin = angle.cos() * scale, angle.sin() * scale
    rows = torch.stack(
        [mirror * cos * aspect, -sin, room[:, 0], mirror * sin * aspect, cos, room[:, 1]], dim=1
    )
    theta = rows.view(n, 2, 3).to(pixels.device)
    grid = F.affine_grid(theta, [n, pixels.shape[1], side, side], align_corners=False)
    if warp:
        grid = grid + _bend(n, side, generator).to(grid.device) * warp
    ink = 1 - pixels.float() / 255  # zeros outside become white paper
    return 1 - F.grid_sample(ink, grid, mode="bilinear", padding_mode="zeros", align_corners=False).clamp(
        0, 1
    )


def _bend(n: int, side: int, generator: torch.Generator, knots: int = 5) -> Tensor:
    """Return (n, side, side, 2) smooth random displacements of about unit variance at the knots."""
    field = torch.randn(n, 2, knots, knots, generator=generator)
    return F.interpolate(field, side, mode="bicubic", align_corners=True).permute(0, 2, 3, 1)


def jitter_colours(pixels: Tensor, generator: torch.Generator, strength: float = 0.3) -> Tensor:
    """Change brightness, contrast and saturation of (n, 3, h, w) pictures in [0, 1]; a tenth becomes grey."""
    n = len(pixels)
    factors = (1 + strength * (2 * torch.rand(3, n, 1, 1, 1, generator=generator) - 1)).to(pixels.device)
    grey = pixels.mean(1, keepdim=True)
    saturation = torch.where(
        torch.rand(n, 1, 1, 1, generator=generator).to(pixels.device) < 0.1, 0.0, factors[0]
    )
    pixels = grey + (pixels - grey) * saturation
    mean = pixels.mean((1, 2, 3), keepdim=True)
    return ((pixels - mean) * factors[1] + mean * factors[2]).clamp(0, 1)


def line_drawings(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """Turn photos into line drawings: an extended difference of Gaussians, soft-thresholded.

    (Winnemöller et al., "XDoG", 2012.) One random pen for the batch: scale, sharpness, threshold.

    Args:
        pixels: (n, 3, h, w) float32 in [0, 1].
        generator: Decides the pen.

    Returns:
        (n, 1, h, w) float32 in [0, 1], dark lines on white.
    """
    low, high = 0.7, 1.5
    draw = torch.rand(4, generator=generator).tolist()
    sigma = (low + (high - low) * draw[0]) * pixels.shape[-1] / 128
    grey = pixels.mean(1, keepdim=True)
    narrow, wide = _blur(grey, sigma), _blur(grey, 1.6 * sigma)
    edges = narrow - wide
    strength = edges.flatten(1).std(1).clamp_min(1e-3)[:, None, None, None]
    threshold = -(0.5 + 0.8 * draw[1])  # in standard deviations of the picture's own edges
    sharpness = 2 + 4 * draw[2]
    return torch.sigmoid(sharpness * (edges / strength - threshold) + 1.0)


def _blur(grey: Tensor, sigma: float) -> Tensor:
    radius = math.ceil(2.5 * sigma)
    x = torch.arange(-radius, radius + 1, device=grey.device, dtype=grey.dtype)
    kernel = (-(x**2) / (2 * sigma**2)).exp()
    kernel = (kernel / kernel.sum()).view(1, 1, 1, -1)
    padded = F.pad(grey, (radius,) * 4, mode="replicate")
    return F.conv2d(F.conv2d(padded, kernel), kernel.transpose(2, 3))
