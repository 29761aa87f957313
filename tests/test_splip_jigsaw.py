"""SpLIP's jigsaw: its loss by hand, the solver, tiles and permutations."""

import pytest
import torch

from zsbir.training.methods.splip_jigsaw import (
    JigsawSolver,
    conditional_jigsaw,
    far_permutations,
    tile_tokens,
)


def test_the_jigsaw_by_hand():
    """Two triplets, two permutations; a solver whose logits are those of the first picture's first token."""
    sketches = torch.tensor([[[2.0, 0.0]], [[0.0, 0.0]]])
    photos = torch.tensor([[[1.0, 0.0]], [[0.0, 3.0]]])
    negatives = torch.tensor([[[0.0, 1.0]], [[0.0, 1.0]]])
    shuffled, labels = torch.zeros(2, 1, 2), torch.tensor([0, 0])
    found = conditional_jigsaw(
        lambda whole, other: whole[:, 0] + other[:, 0], sketches, photos, negatives, shuffled, labels
    )

    def surprise(row):
        return -torch.log_softmax(torch.tensor(row), dim=0)[0].item()

    own = (surprise([2.0, 0.0]) + surprise([0.0, 0.0])) / 2
    hinge = (
        max(0, surprise([1.0, 0.0]) - surprise([0.0, 1.0])) + surprise([0.0, 3.0]) - surprise([0.0, 1.0])
    ) / 2
    assert found.item() == pytest.approx(own + hinge, abs=1e-6)


def test_the_solver_knows_where_tiles_are_and_whose():
    torch.manual_seed(0)
    solver, whole, moved = JigsawSolver(32, 4, 5), torch.randn(2, 4, 32), torch.randn(2, 4, 32)
    logits = solver(whole, moved)
    assert logits.shape == (2, 5)
    assert not torch.allclose(logits, solver(whole, moved.flip(1)), atol=1e-5)
    assert not torch.allclose(logits, solver(moved, whole), atol=1e-5)


def test_tiles_are_the_means_of_their_patches():
    patches = torch.randn(2, 16, 5)  # a grid of 4 x 4, row by row
    tiles = tile_tokens(patches, (4, 4), 2)
    assert torch.allclose(tiles[:, 0], patches[:, [0, 1, 4, 5]].mean(1), atol=1e-6)
    assert torch.allclose(tiles[:, 1], patches[:, [2, 3, 6, 7]].mean(1), atol=1e-6)
    assert torch.allclose(tiles[:, 2], patches[:, [8, 9, 12, 13]].mean(1), atol=1e-6)


def test_permutations_are_far_apart():
    chosen = far_permutations(9, 100)
    assert chosen.shape == (100, 9)
    assert torch.equal(chosen.sort(dim=-1).values, torch.arange(9).expand(100, -1))
    every = torch.cat([torch.arange(9)[None], chosen])
    differ = (every[:, None] != every[None]).sum(dim=-1) + 9 * torch.eye(101, dtype=torch.int64)
    assert differ.min() >= 6
    assert len(far_permutations(4, 23).unique(dim=0)) == 23
    with pytest.raises(ValueError, match="23 ways"):
        far_permutations(4, 24)
