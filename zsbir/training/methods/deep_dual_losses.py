"""Losses that only deep dual prompts learn by: pure functions, every random choice handed in.

Features are (n, dim) unit rows. Every loss is a mean over the batch.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from zsbir.training.methods import losses
from zsbir.training.methods.batch import Batch

AMBIGUITY_TAU = 1.5  # as in DisAmb, here in units of CLIP's own temperature
SMALLEST_VIEW, LARGEST_VIEW = 0.8, 1.1  # of a picture's side
SHIFT = 0.1  # of half the side, at most


def right_answers(batch: Batch, mode: str, several: bool) -> tuple[Tensor, Tensor]:
    """Say which of the batch's photos, then negatives, answer which sketch.

    Fine-grained, instances of negatives are unknown: one could be the very photo of another sketch of the
    category. So a negative of the same category competes for its own sketch alone.

    Args:
        batch: n triplets.
        mode: "category": photos of the sketch's category are right; "fine-grained": its instance's.
        several: In category mode; False: its own photo is right, and others of the category are ignored.

    Returns:
        (n, 2n) bool, right; (n, 2n) bool, ignored: neither right nor wrong.
    """
    own = torch.eye(len(batch), dtype=torch.bool, device=batch.labels.device)
    alike = batch.labels[:, None] == torch.cat([batch.labels, batch.negative_labels])
    nobody = torch.zeros_like(own)
    if mode == "fine-grained":
        right = torch.cat([own | (batch.instances[:, None] == batch.instances), nobody], dim=1)
        return right, torch.cat([nobody, alike[:, len(batch) :] & ~own], dim=1)
    if several:
        return alike, torch.zeros_like(alike)
    right = torch.cat([own, nobody], dim=1)
    return right, alike & ~right


def contrast(a: Tensor, b: Tensor, right: Tensor, ignored: Tensor, tau: float) -> Tensor:
    """Ask that each row of `a` lies nearer to its right answers than to all others (SupCon, InfoNCE).

    The mean over the right answers of -log of the share that each has among all: InfoNCE where there is one.
    Several compete with each other too, so the loss of a row with k of them cannot fall below log k.

    Args:
        a: (n, dim) unit rows.
        b: (m, dim) unit rows.
        right: (n, m) bool, at least one in every row.
        ignored: (n, m) bool, left out of the competition; never a right one.
        tau: Temperature.
    """
    shares = (a @ b.T / tau).masked_fill(ignored, -torch.inf).log_softmax(dim=-1)
    return -(shares.masked_fill(~right, 0).sum(dim=-1) / right.sum(dim=-1)).mean()


def consistency(now: Tensor, then: Tensor, tau: float, same: Tensor) -> Tensor:
    """Ask that the tower still sees in a picture what the frozen one sees in another view of it.

    Args:
        now: (n, dim) unit rows of the tower that learns.
        then: (n, dim) unit rows of the frozen one.
        tau: Temperature of a contrast between pictures; 0: cosine distance to the own one alone.
        same: (n, n) bool, True where two rows show the same picture.
    """
    return losses.info_nce(now, then, tau, same) if tau else losses.distance(now, then).mean()


def ambiguity(rows: Tensor, answers: Tensor, labels: Tensor, scale: float) -> Tensor:
    """Return how unsure CLIP is about each picture: AmbiScore of DisAmb, in [0, 1], of shape (n,).

    Args:
        rows: (n, dim) unit rows of the frozen tower.
        answers: (classes, dim) unit rows of class texts; more than the true classes, if wanted.
        labels: (n,) int64 rows of `answers`.
        scale: CLIP's own logit scale, such as 100.
    """
    shares = (rows @ answers.T * scale / AMBIGUITY_TAU).softmax(dim=-1)
    return 1 - shares.gather(1, labels[:, None])[:, 0]


def ambiguity_margin(ambiguity: Tensor, largest: float, base: float) -> Tensor:
    """Return the margin of each triplet: the largest where nothing is ambiguous, 0 where all is.

    Args:
        ambiguity: (n,) in [0, 1].
        largest: Margin at ambiguity 0.
        base: Over 1; the larger, the faster the margin falls.
    """
    return largest * (base ** (1 - ambiguity) - 1) / (base - 1)


def augmented_view(pixels: Tensor, generator: torch.Generator) -> Tensor:
    """Mirror half of the pictures; look at all of them from a little nearer or further and off the centre.

    Args:
        pixels: (n, 3, side, side) on any device; what lies outside repeats the border, paper at most.
        generator: On the CPU; decides everything.
    """
    n = len(pixels)
    mirror = torch.where(torch.rand(n, generator=generator) < 0.5, -1.0, 1.0)
    side = SMALLEST_VIEW + (LARGEST_VIEW - SMALLEST_VIEW) * torch.rand(n, generator=generator)
    affine = torch.zeros(n, 2, 3)
    affine[:, 0, 0], affine[:, 1, 1] = mirror * side, side
    affine[:, :, 2] = SHIFT * (2 * torch.rand(n, 2, generator=generator) - 1)
    grid = F.affine_grid(affine.to(pixels.device), list(pixels.shape), align_corners=False)
    view = F.grid_sample(pixels.float(), grid, padding_mode="border", align_corners=False)
    return view.to(pixels.dtype)
