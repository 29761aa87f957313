"""The losses that only deep dual prompts learn by: right answers by hand, slow twins, limits."""

import math

import pytest
import torch
from torch.nn import functional as F

from tests.test_training_deep_dual import make_batch
from zsbir.training.methods.deep_dual_losses import (
    ambiguity,
    ambiguity_margin,
    augmented_view,
    consistency,
    contrast,
    right_answers,
)
from zsbir.training.methods.losses import info_nce


def unit(n, dim=8, seed=0):
    return F.normalize(torch.randn(n, dim, generator=torch.Generator().manual_seed(seed)), dim=-1)


def test_right_answers_of_a_category():
    batch = make_batch()  # labels 0 0 1 2, negatives 1 2 0 0
    right, ignored = right_answers(batch, "category", several=True)
    assert right.int().tolist() == [
        [1, 1, 0, 0, 0, 0, 1, 1],
        [1, 1, 0, 0, 0, 0, 1, 1],
        [0, 0, 1, 0, 1, 0, 0, 0],
        [0, 0, 0, 1, 0, 1, 0, 0],
    ]
    assert not ignored.any()
    only, rest = right_answers(batch, "category", several=False)
    assert torch.equal(only, torch.eye(4, 8, dtype=torch.bool))
    assert torch.equal(only | rest, right) and not (only & rest).any()


def test_right_answers_of_an_instance():
    """Two sketches of one chair, one of another chair, a cat; negatives are of their own category."""
    batch = make_batch(labels=(1, 1, 1, 0), negative_labels=(1, 1, 1, 0), instances=(5, 5, 6, 7))
    right, ignored = right_answers(batch, "fine-grained", several=True)
    assert right.int().tolist() == [
        [1, 1, 0, 0, 0, 0, 0, 0],
        [1, 1, 0, 0, 0, 0, 0, 0],
        [0, 0, 1, 0, 0, 0, 0, 0],
        [0, 0, 0, 1, 0, 0, 0, 0],
    ]
    assert ignored[:, :4].sum() == 0
    assert ignored[:, 4:].int().tolist() == [[0, 1, 1, 0], [1, 0, 1, 0], [1, 1, 0, 0], [0, 0, 0, 0]]


def test_contrast_with_one_right_answer_is_info_nce():
    a, b, own = unit(4), unit(4, seed=1), torch.eye(4, dtype=torch.bool)
    nobody = torch.zeros_like(own)
    both = (contrast(a, b, own, nobody, 0.1) + contrast(b, a, own, nobody, 0.1)) / 2
    assert both.item() == pytest.approx(info_nce(a, b, 0.1).item(), rel=1e-5)


def test_contrast_matches_the_slow_way():
    a, b = unit(3).requires_grad_(), unit(5, seed=1)
    right = torch.tensor([[1, 1, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 1, 0]], dtype=torch.bool)
    ignored = torch.tensor([[0, 0, 0, 0, 1], [0, 0, 0, 0, 1], [1, 0, 0, 0, 0]], dtype=torch.bool)
    expected = 0.0
    for i in range(3):
        weights = [math.exp((a[i] @ b[j]).item() / 0.2) * (not ignored[i, j]) for j in range(5)]
        shares = [weights[j] / sum(weights) for j in range(5) if right[i, j]]
        expected -= sum(math.log(share) for share in shares) / len(shares) / 3
    loss = contrast(a, b, right, ignored, 0.2)
    assert loss.item() == pytest.approx(expected, rel=1e-5)
    loss.backward()
    assert torch.isfinite(a.grad).all()


def test_consistency_is_least_for_the_frozen_rows_themselves():
    rows, same = unit(4), torch.eye(4, dtype=torch.bool)
    assert consistency(rows, rows, 0.0, same).item() == pytest.approx(0, abs=1e-6)
    assert consistency(rows, rows.roll(1, 0), 0.0, same) > 0.5
    assert consistency(rows, rows, 0.07, same) < consistency(rows, rows.roll(1, 0), 0.07, same)


def test_ambiguity_by_hand():
    answers = torch.eye(3)
    rows = torch.stack([answers[0], F.normalize(torch.ones(3), dim=0)])
    first, second = ambiguity(rows, answers, torch.tensor([0, 1]), 3.0).tolist()
    assert first == pytest.approx(1 - math.exp(2) / (math.exp(2) + 2))
    assert second == pytest.approx(2 / 3)


def test_ambiguous_sketches_get_small_margins():
    margins = ambiguity_margin(torch.tensor([0.0, 0.5, 1.0]), 0.3, 10.0)
    assert margins.tolist() == pytest.approx([0.3, 0.3 * (10**0.5 - 1) / 9, 0.0])


def test_another_view_shows_the_same_picture_differently():
    pixels = torch.rand(8, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    views = [augmented_view(pixels, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2)]
    assert torch.equal(views[0], views[1]) and not torch.equal(views[0], views[2])
    assert views[0].shape == pixels.shape
    assert views[0].min() >= pixels.min() - 1e-6 and views[0].max() <= pixels.max() + 1e-6
    left = torch.zeros(64, 1, 16, 16)
    left[..., :8] = 1
    mirrored = augmented_view(left, torch.Generator().manual_seed(0))[..., :8].mean(dim=(1, 2, 3)) < 0.5
    assert 16 < mirrored.sum() < 48
    paper = torch.ones(2, 3, 8, 8)
    assert torch.allclose(augmented_view(paper, torch.Generator()), paper, atol=1e-6)
