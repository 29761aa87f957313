"""What keeps sketches and photos together while the backbone trains, and what makes drawn lines wobble."""

import pytest
import torch

from zsbir.training.backbone.augment import random_crops
from zsbir.training.backbone.image_stage import modality_gap


def test_the_gap_is_the_squared_mean_difference_of_each_kind():
    names = torch.zeros(3, 2)
    features = torch.tensor([[3.0, 0.0], [1.0, 0.0], [0.0, 3.0]])
    assert modality_gap(features, names, (2, 1)).item() == pytest.approx(2**2 + 3**2)


def test_scatter_around_the_names_is_no_gap():
    names = torch.randn(2, 8)
    off = torch.randn(8)
    assert modality_gap(names + torch.stack([off, -off]), names, (2,)).item() == pytest.approx(0, abs=1e-6)


def test_a_kind_without_pictures_counts_nothing():
    names, features = torch.zeros(2, 2), torch.ones(2, 2)
    assert modality_gap(features, names, (2, 0)) == modality_gap(features, names, (2,))


def test_bending_moves_lines_a_little_and_repeats_with_the_seed():
    page = torch.full((2, 1, 64, 64), 255, dtype=torch.uint8)
    page[:, :, 30:34] = 0  # one straight line

    def crop(warp, seed=0):
        generator = torch.Generator().manual_seed(seed)
        return random_crops(page, 64, generator, area=(1, 1), turn=0, warp=warp, flip=False)

    def height(picture):  # of the line in each column, in pixels
        ink = 1 - picture
        return (ink * torch.arange(64.0)[:, None]).sum(-2) / ink.sum(-2).clamp_min(1e-6)

    straight, bent = height(crop(0)), height(crop(0.06))
    assert straight.std(-1).max() < 0.1
    assert 0.3 < bent.std(-1).mean() < 6
    assert torch.equal(crop(0.06), crop(0.06)) and not torch.equal(crop(0.06), crop(0.06, seed=1))
