"""What a batch is made of, and what must never be in one."""

import pytest
import torch

from tests.training_backbone.kit import CPU, SMALL, bank, generator, pool
from zsbir.training.backbone.batches import BatchMaker
from zsbir.training.backbone.corpus import caption_names


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("Two dogs chase a tennis ball .", ["dog", "tennis_ball"]),
        ("A cat", ["cat"]),
        ("Nothing known", []),
    ],
)
def test_caption_names(caption, expected):
    assert caption_names(caption, {"dog", "tennis_ball", "ball", "cat"}) == expected


def test_a_step_always_gets_the_same_batch():
    rows = bank().rows
    make = lambda: BatchMaker([pool(["cat", "cup"])], [], rows, SMALL, CPU)  # noqa: E731
    first, again, other = make().make(3), make().make(3), make().make(4)
    assert torch.equal(first.pixels, again.pixels) and torch.equal(first.targets, again.targets)
    assert not torch.equal(first.pixels, other.pixels)
    assert first.targets.sum(-1).tolist() == pytest.approx([1] * len(first.targets))


def test_photos_of_unseen_categories_are_never_turned_into_line_drawings():
    maker = BatchMaker([pool(["cat", "cow", "cup", "cow"])], [], bank().rows, SMALL, CPU)
    assert sorted(maker.photos[0].usable.tolist()) == [0, 1, 2, 3]
    assert sorted(maker.drawable[0].usable.tolist()) == [0, 2]


def test_captions_that_speak_of_an_unseen_thing_keep_a_photo_from_being_drawn():
    captioned = pool(["", ""], [("a cup",), ("a cat and a cow",)])
    maker = BatchMaker([captioned], [], bank().rows, SMALL, CPU)
    assert maker.photos[0].usable.tolist() == [0, 1]
    assert maker.drawable[0].usable.tolist() == [0]


def test_captions_stand_in_for_a_missing_category():
    captioned = pool(["", ""], [("a cat and a cup",), ("nothing",)])
    maker = BatchMaker([captioned], [], bank().rows, SMALL, CPU)
    assert maker.photos[0].usable.tolist() == [0]
    _, targets = maker.photos[0].draw(1, generator())
    assert targets[0].tolist() == [0.5, 0, 0.5]
