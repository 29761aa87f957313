"""The losses that methods share: pure functions, no state, every random choice handed in.

Features are (n, dim) unit rows, as `Method.forward_sketches` gives them. Every loss is a mean over the batch.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def distance(a: Tensor, b: Tensor) -> Tensor:
    """Return the cosine distance 1 - cos of rows that belong together, in [0, 2], of shape (n,)."""
    return 1 - (a * b).sum(dim=-1)


def triplet(positive: Tensor, negative: Tensor, margin: float | Tensor) -> Tensor:
    """Ask that every negative lies further than its positive by a margin.

    Args:
        positive: (n,) distances from each sketch to the photo that answers it.
        negative: (n,) distances to the photo that does not.
        margin: One number, or (n,) of them.
    """
    return F.relu(margin + positive - negative).mean()


def text_classification(features: Tensor, texts: Tensor, labels: Tensor, tau: float) -> Tensor:
    """Ask that every picture lies nearest to its own class text.

    Args:
        features: (n, dim) unit rows.
        texts: (classes, dim) unit rows, see `zsbir.training.methods.texts.class_texts`.
        labels: (n,) int64 rows of `texts`.
        tau: Temperature; CLIP's own is 0.01.
    """
    return F.cross_entropy(features @ texts.T / tau, labels)


def relative_uniformity(deltas: Tensor, labels: Tensor) -> Tensor:
    """Ask that relative distances are distributed alike in every category: L_delta of CLIP-AT.

    A category's distribution is the softmax of its deltas. They are sorted first: the paper compares
    position i of one category with position i of another, and the order of sampling means nothing.

    Args:
        deltas: (n,) d(sketch, positive) - d(sketch, negative).
        labels: (n,) int64; every category equally often, as the PK sampler has it.

    Returns:
        Mean KL divergence over ordered pairs of categories; 0 for a single category.
    """
    counts = labels.unique(return_counts=True)[1]
    if (counts != counts[0]).any():
        raise ValueError(
            f"Uniformity needs every category equally often, not {counts.tolist()}: use the PK sampler."
        )
    by_delta = deltas.argsort()
    order = by_delta[labels[by_delta].argsort(stable=True)]
    logs = deltas[order].view(len(counts), -1).log_softmax(dim=-1)
    divergences = (logs.exp()[:, None] * (logs[:, None] - logs[None])).sum(dim=-1)
    return divergences.sum() / max(1, len(counts) * (len(counts) - 1))


def shuffle_tiles(pixels: Tensor, permutations: Tensor, n: int) -> Tensor:
    """Cut pictures into n x n tiles and put them elsewhere: tile k of the result was tile permutations[k].

    Done in pixel space, so tiles need not be whole patches (at 224 px, half a picture is 3.5 patches of 32).
    Where n does not divide the side, the last few pixels on the right and at the bottom stay.

    Args:
        pixels: (batch, channels, side, side).
        permutations: (batch, n * n) int64, each row a permutation; tiles are numbered row by row.
        n: Tiles along a side.
    """
    batch, channels, side, _ = pixels.shape
    tile = side // n
    cut = pixels[..., : tile * n, : tile * n].reshape(batch, channels, n, tile, n, tile)
    tiles = cut.permute(0, 2, 4, 1, 3, 5).reshape(batch, n * n, channels, tile, tile)
    rows = torch.arange(batch, device=pixels.device)[:, None]
    moved = tiles[rows, permutations.to(pixels.device)].view(batch, n, n, channels, tile, tile)
    result = pixels.clone()
    result[..., : tile * n, : tile * n] = moved.permute(0, 3, 1, 4, 2, 5).reshape(
        batch, channels, tile * n, tile * n
    )
    return result


def random_permutations(batch: int, length: int, generator: torch.Generator) -> Tensor:
    """Return (batch, length) int64, every row a random permutation of its own."""
    return torch.rand(batch, length, generator=generator).argsort(dim=-1)


def other_permutations(permutations: Tensor, generator: torch.Generator) -> Tensor:
    """Return random permutations of which none equals that of its row; at least two elements a row."""
    drawn = random_permutations(*permutations.shape, generator)
    same = (drawn == permutations).all(dim=-1, keepdim=True)
    return torch.where(same, drawn.flip(-1), drawn)


def info_nce(a: Tensor, b: Tensor, tau: float, same: Tensor | None = None) -> Tensor:
    """Ask that each row of `a` lies nearest to its own row of `b` and the other way round.

    Args:
        a: (n, dim) unit rows.
        b: (n, dim) unit rows; row i belongs to row i of `a`.
        tau: Temperature.
        same: (n, n) bool, symmetric; True where row j would be a right answer for row i too, which then does
            not compete. The diagonal does not matter. None: every row is alone.
    """
    logits = a @ b.T / tau
    if same is not None:
        others = same & ~torch.eye(len(a), dtype=torch.bool, device=a.device)
        logits = logits.masked_fill(others, -torch.inf)
    own = torch.arange(len(a), device=a.device)
    return (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2
