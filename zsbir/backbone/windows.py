"""Four overlapping windows of a picture, one at each corner, as the patches of a vision transformer."""

from __future__ import annotations

import torch
from torch import Tensor

WINDOWS = 4  # the corners
SHARE = 5 / 7  # of the patch grid's side: 5 of 7 patches as in DP-CLIP, 10 of 14, 6 of 8


def corner_windows(grid: tuple[int, int]) -> Tensor:
    """Number the tokens of the windows, each after the class token.

    Args:
        grid: Rows and columns of patches.

    Returns:
        (4, 1 + patches of a window) int64; the upper two first, from left to right.
    """
    rows, columns = grid
    height, width = (max(1, round(size * SHARE)) for size in grid)
    patches = 1 + torch.arange(rows * columns).view(rows, columns)
    corners = [
        patches[top : top + height, left : left + width].flatten()
        for top in (0, rows - height)
        for left in (0, columns - width)
    ]
    return torch.cat([torch.zeros(WINDOWS, 1, dtype=torch.int64), torch.stack(corners)], dim=1)
