"""What one training step of a method sees."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Batch:
    """n triplets of a sketch, a photo that answers it and a photo that does not.

    Attributes:
        sketches: (n, 3, side, side) float32, normalised as the backbone expects.
        photos: The same shape: the photo each sketch was drawn from (fine-grained), or one of its category.
        negatives: The same shape: a photo of another category (category), or of another instance of the
            same category (fine-grained).
        labels: (n,) int64, each sketch's and photo's row of the training categories.
        negative_labels: (n,) int64, each negative's row.
        instances: (n,) int64, equal where two rows show the same photo.
        generator: On the CPU; every random choice of an objective comes from it, so that a resumed run
            repeats what an uninterrupted one does.
        support: (m, 3, side, side) photos of the category; only from the single-category sampler.
        category: Which category it is; only from the single-category sampler.
    """

    sketches: Tensor
    photos: Tensor
    negatives: Tensor
    labels: Tensor
    negative_labels: Tensor
    instances: Tensor
    generator: torch.Generator
    support: Tensor | None = None
    category: str | None = None

    def __len__(self) -> int:
        return len(self.sketches)
