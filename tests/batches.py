"""Batches of noise, for objectives."""

import torch

from zsbir.training.methods.batch import Batch


def make_batch(n: int, categories: int, side: int = 32) -> Batch:
    """n triplets, every category equally often; the same noise each time."""
    draw = torch.Generator().manual_seed(0)
    sketches, photos, negatives = torch.randn(3, n, 3, side, side, generator=draw)
    labels = torch.arange(categories).repeat_interleave(n // categories)
    return Batch(
        sketches=sketches,
        photos=photos,
        negatives=negatives,
        labels=labels,
        negative_labels=(labels + 1) % categories,
        instances=torch.arange(n),
        generator=torch.Generator().manual_seed(1),
    )
