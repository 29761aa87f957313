"""What all pictures of a modality have in common, learnt as running means and taken off before comparing."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zsbir.methods.deep_dual_encoder import Rows


class Centre(nn.Module):
    """What all pictures of one modality have in common: a running mean, taken off before comparing.

    Sketches and photos lie apart in CLIP's space as a whole, which says nothing about what they show.

    Args:
        shape: Of what describes one picture.
    """

    mean: Tensor

    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(shape))

    def forward(self, rows: Tensor) -> Tensor:
        """Map (batch, *shape) rows to centred rows of unit length."""
        return F.normalize(rows - self.mean.float(), dim=-1)

    @torch.no_grad()
    def follow(self, rows: Tensor, momentum: float) -> None:
        """Move the mean towards that of a batch by a share; the very first batch sets it."""
        mean = rows.mean(dim=0).to(self.mean.dtype)
        self.mean.lerp_(mean, momentum if self.mean.any() else 1.0)


class Centres(nn.Module):
    """The centres of one modality: of whole pictures and, if there is a layout, of each of its cells."""

    def __init__(self, dim: int, cells: tuple[int, int] | None) -> None:
        super().__init__()
        self.whole = Centre(dim)
        self.cells = Centre(*cells) if cells else None

    def forward(self, rows: Rows) -> Rows:
        """Centre rows and bring them to unit length."""
        return Rows(self.whole(rows.whole), self.cells(rows.cells) if self.cells else None)

    def follow(self, rows: Rows, momentum: float) -> None:
        """Let all of them follow a batch."""
        self.whole.follow(rows.whole, momentum)
        if self.cells:
            self.cells.follow(rows.cells, momentum)
