"""SpLIP's conditional cross-modal jigsaw: tell from two pictures how the tiles of the second were moved."""

from __future__ import annotations

from functools import cache
from itertools import chain, permutations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

HEAD_WIDTH = 64


class JigsawSolver(nn.Module):
    """F_js of the paper: two transformer layers over the tokens of both pictures, and one linear layer.

    Args:
        width: Of a token.
        tokens: How many a picture has.
        answers: How many permutations there are to tell apart.
    """

    def __init__(self, width: int, tokens: int, answers: int) -> None:
        super().__init__()
        heads = max(1, width // HEAD_WIDTH)
        layer = nn.TransformerEncoderLayer(
            width, heads, 2 * width, dropout=0.0, activation="gelu", batch_first=True, norm_first=True
        )
        # Position and picture of every token: nothing else tells the tiles apart.
        self.places = nn.Parameter(0.02 * torch.randn(2 * tokens, width))
        self.encoder = nn.TransformerEncoder(layer, 2, norm=nn.LayerNorm(width), enable_nested_tensor=False)
        self.answer = nn.Linear(width, answers)

    def forward(self, whole: Tensor, shuffled: Tensor) -> Tensor:
        """Map two (batch, tokens, width) to (batch, answers) logits."""
        pair = F.layer_norm(torch.cat([whole, shuffled], dim=1), whole.shape[-1:])
        return self.answer(self.encoder(pair + self.places).mean(dim=1))


def conditional_jigsaw(
    solver: JigsawSolver,
    sketches: Tensor,
    photos: Tensor,
    negatives: Tensor,
    shuffled: Tensor,
    labels: Tensor,
) -> Tensor:
    """Ask how a sketch was shuffled: itself must tell, and its photo must tell better than another one.

    Args:
        solver: The head.
        sketches: (batch, tokens, width); so are the next three.
        photos: The photo of each sketch.
        negatives: The photo that is not.
        shuffled: The sketches with their tiles moved.
        labels: (batch,) int64, which permutation moved them.
    """
    logits = solver(torch.cat([sketches, photos, negatives]), shuffled.repeat(3, 1, 1))
    own, right, wrong = F.cross_entropy(logits, labels.repeat(3), reduction="none").chunk(3)
    return own.mean() + F.relu(right - wrong).mean()


def tile_tokens(patches: Tensor, grid: tuple[int, int], n: int) -> Tensor:
    """Average the patches of every tile: (batch, rows * columns, width) -> (batch, n * n, width)."""
    picture = patches.transpose(1, 2).unflatten(-1, grid)
    return F.adaptive_avg_pool2d(picture, n).flatten(2).transpose(1, 2)


@cache
def far_permutations(length: int, count: int) -> Tensor:
    """Return permutations that are far from each other, and from leaving all as it is.

    Greedy: each next one is furthest, by the number of places that differ, from the nearest of those chosen.

    Args:
        length: Of a permutation; at most 9, since all of them are looked at.
        count: At most as many as there are besides the identity.

    Returns:
        (count, length) int64, always the same.
    """
    every = np.fromiter(chain.from_iterable(permutations(range(length))), np.uint8).reshape(-1, length)
    every = np.ascontiguousarray(every.T)
    if count >= every.shape[1]:
        raise ValueError(f"{length} tiles can be moved in {every.shape[1] - 1} ways, which is below {count}.")
    chosen = [every[:, 0]]  # the first of all is the identity
    nearest = np.full(every.shape[1], length, np.uint8)
    for _ in range(count):
        nearest = np.minimum(nearest, (every != chosen[-1][:, None]).sum(axis=0, dtype=np.uint8))
        chosen.append(every[:, nearest.argmax()])
    return torch.from_numpy(np.stack(chosen[1:]).astype(np.int64))
