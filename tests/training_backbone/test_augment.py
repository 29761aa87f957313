"""How pictures and drawings are varied."""

import numpy as np
import torch

from tests.training_backbone.kit import generator
from zsbir.strokes import Drawing
from zsbir.training.backbone.augment import jitter_colours, line_drawings, random_crops
from zsbir.training.strokes import augmented_drawing


def test_crops_put_white_around_and_keep_the_whole_picture():
    black = torch.zeros(4, 1, 20, 20, dtype=torch.uint8)
    wide = random_crops(black, 16, generator(), area=(4.0, 4.0), turn=0.0)
    assert wide.shape == (4, 1, 16, 16)
    assert ((wide < 0.5).float().mean((1, 2, 3)) - 0.25).abs().max() < 0.12
    inside = random_crops(black, 16, generator(), area=(0.3, 0.5), turn=0.0)
    assert inside[..., 3:13, 3:13].max() < 0.01  # stretching may let a little white in at the border


def test_line_drawings_are_lines_on_white():
    photo = torch.ones(1, 3, 64, 64)
    photo[:, :, 20:44, 20:44] = 0.2
    lines = line_drawings(photo, generator())[0, 0]
    assert lines.shape == (64, 64)
    assert lines[2:8, 2:8].min() > 0.9  # paper
    assert lines[32, 32] > 0.9  # no filling
    assert lines[32, 16:26].min() < 0.5  # the edge


def test_colours_stay_in_range():
    pixels = jitter_colours(torch.rand(6, 3, 8, 8, generator=generator()), generator())
    assert pixels.min() >= 0 and pixels.max() <= 1


def test_augmented_drawings_differ_by_seed_only():
    drawing = Drawing.from_quickdraw(
        {"drawing": [[[0, 255], [0, 255]], [[0, 255], [255, 0]], [[9, 9], [0, 200]]]}
    )
    draw = [augmented_drawing(drawing, 48, np.random.default_rng(seed)) for seed in (0, 0, 1)]
    assert draw[0].shape == (48, 48) and draw[0].dtype == np.uint8
    assert (draw[0] == draw[1]).all() and (draw[0] != draw[2]).any()
    assert draw[0].min() < 100 and np.median(draw[0]) == 255
