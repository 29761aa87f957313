"""A model small enough to train in a test, pictures of noise, and names."""

import torch

from zsbir.training.backbone.config import BackboneConfig
from zsbir.training.backbone.corpus import Pool
from zsbir.training.backbone.targets import NameBank

SMALL = BackboneConfig(
    side=32,
    image_width=64,
    image_layers=2,
    text_width=64,
    text_layers=2,
    dim=16,
    batch=8,
    steps=6,
    warmup=2,
    save_every=2,
)
CPU = torch.device("cpu")


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def pool(names, captions=None, side=128):
    pixels = torch.randint(0, 256, (len(names), 3, side, side), generator=generator()).to(torch.uint8)
    return Pool(pixels, names, captions or [()] * len(names), 1.0)


def bank(names=("cat", "cow", "cup")):
    vectors = torch.randn(len(names), 16, generator=generator())
    return NameBank(list(names), vectors, torch.tensor([True] * (len(names) - 1) + [False]))
