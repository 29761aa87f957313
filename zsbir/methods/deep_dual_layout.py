"""Where things are in a picture: a short description of each cell of a grid, from the middle of the tower.

The class token forgets the layout on its way through the last blocks, and the more so the better it knows the
category. Two sketches of one category differ by little else.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

LARGEST_GRID = 7  # cells along a side: what ViT-B/32 has of patches; finer grids are averaged down to it
DEPTH = 2 / 3  # of the tower: blocks that the patches have gone through


class Layout(nn.Module):
    """Describes every cell of a picture by a few numbers.

    Args:
        width: Of the tower's tokens.
        grid: Rows and columns of patches.
        size: Numbers that describe a cell.
    """

    def __init__(self, width: int, grid: tuple[int, int], size: int) -> None:
        super().__init__()
        self._grid = grid
        self.cells = (min(grid[0], LARGEST_GRID), min(grid[1], LARGEST_GRID))
        self.describe = nn.Linear(width, size, bias=False)
        nn.init.orthogonal_(self.describe.weight)  # a projection that keeps angles about as they are

    @property
    def shape(self) -> tuple[int, int]:
        """Cells, and the numbers of each."""
        return self.cells[0] * self.cells[1], self.describe.out_features

    def forward(self, patches: Tensor) -> Tensor:
        """Map (batch, patches, width) tokens to (batch, cells, size) descriptions, not normalised."""
        picture = patches.transpose(1, 2).unflatten(2, self._grid)
        cells = F.adaptive_avg_pool2d(picture, self.cells).flatten(2).transpose(1, 2)
        # Some channels of the residual stream are a hundred times the others, and alike everywhere.
        return self.describe(F.layer_norm(cells, cells.shape[-1:]))


def depth_of(blocks: int) -> int:
    """Return after how many of a tower's blocks its layout is read."""
    return max(1, round(DEPTH * blocks))
