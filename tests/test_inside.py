"""Prompts and pooling: towers that average their tokens average those of the picture alone."""

import pytest
import torch

from zsbir.backbone import load_backbone
from zsbir.backbone.inside import encode_pixels
from zsbir.methods.clip_at import ClipAT, ClipATConfig
from zsbir.methods.deep_dual import DeepDual, DeepDualConfig
from zsbir.methods.dp_clip import DPCLIP, DPCLIPConfig
from zsbir.methods.splip import SpLIP, SpLIPConfig


@pytest.fixture
def backbone(tiny_folder):
    backbone = load_backbone(tiny_folder, device="cpu")
    backbone.visual.pool_type = "avg"
    return backbone


def pixels():
    return torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))


@torch.no_grad()
@pytest.mark.parametrize("layers", [1, 3])
def test_the_mean_token_is_that_of_the_patches(backbone, layers):
    visual, prompts = backbone.visual, torch.randn(layers, 4, 32)
    tokens = visual._embeds(pixels())
    for depth, block in enumerate(visual.transformer.resblocks):
        if depth < layers:
            layer = prompts[depth] if depth else visual.ln_pre(prompts[depth])
            tokens = torch.cat([tokens[:, :17], layer.expand(2, -1, -1)], dim=1)
        tokens = block(tokens)
    expected = visual.ln_post(tokens)[:, 1:17].mean(dim=1) @ visual.proj
    assert torch.allclose(encode_pixels(visual, pixels(), prompts), expected, atol=1e-5)


@pytest.mark.parametrize(
    ("method", "config"),
    [
        (ClipAT, ClipATConfig()),
        (SpLIP, SpLIPConfig(exported=True)),
        (DPCLIP, DPCLIPConfig(mode="category", local_features=False)),
        (DeepDual, DeepDualConfig()),
        (DeepDual, DeepDualConfig(layout=4)),
    ],
)
def test_no_method_averages_what_becomes_of_its_prompts(backbone, method, config):
    learnt, seen = method(backbone, config), []
    for name, module in learnt.named_modules():
        if name.endswith("ln_post"):
            module.register_forward_pre_hook(lambda _, args: seen.append(tuple(args[0].shape[:2])))
    learnt.embed_photos(pixels())
    assert seen == [(2, 17)]
