"""The encoder of deep dual prompts: where its prompts start, slow twins, its layout, its size."""

from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

import zsbir
from tests.test_deep_dual import LAYERS, build, disturb, pixels
from zsbir.backbone import load_backbone
from zsbir.images import open_image, to_pixels
from zsbir.methods.deep_dual import DeepDualConfig
from zsbir.methods.deep_dual_encoder import DeepEncoder
from zsbir.methods.deep_dual_layout import Layout
from zsbir.methods.plain import PlainCLIP

PHOTOS = Path(zsbir.__file__).parents[1] / "gallery" / "everyday" / "photos"


@pytest.fixture
def backbone(tiny_folder):
    return load_backbone(tiny_folder, device="cpu")


def test_prompts_start_as_what_enters_each_layer_for_empty_paper(backbone):
    entering = []
    for block in backbone.visual.transformer.resblocks:
        block.register_forward_pre_hook(lambda _, args: entering.append(args[0]))
    backbone.encode_image(torch.ones(1, 3, 32, 32))  # white: mean and std are 0.5 here
    for encoder in (build(backbone).photo_encoder, build(backbone).sketch_encoder):
        prompts = encoder.prompts.detach().clone()
        prompts[0] = backbone.visual.ln_pre(prompts[0])
        for depth in range(LAYERS):
            assert torch.allclose(prompts[depth], entering[depth][0, [1, 6, 11, 16]], atol=1e-5)


def test_empty_paper_hardly_changes_what_plain_clip_sees():
    """Measured on the bundled backbone: tokens of random weights have no meaning to leave alone."""
    backbone = load_backbone("zsbir-tiny", device="cpu")
    photos = [next(iter(sorted((PHOTOS / name).iterdir()))) for name in ("cat", "bicycle", "chair")]
    looks = to_pixels([open_image(photo) for photo in photos], backbone.preprocess)
    plain = PlainCLIP(backbone).embed_photos(looks)
    paper, random = (
        (build(backbone, start=start).embed_photos(looks) * plain).sum(dim=1).mean()
        for start in ("paper", "random")
    )
    assert paper > 0.98
    assert 1 - paper < (1 - random) / 4


def test_what_learns_in_vit_b32_is_counted(tiny_clip):  # tiny_clip: open_clip can be imported after it
    import open_clip

    with torch.device("meta"):
        visual = open_clip.transformer.VisionTransformer(224, 32, 768, 12, 12, 4.0, output_dim=512)
        config = DeepDualConfig(prompts=3, layout=32)
        encoder = DeepEncoder(visual, config)
    biases = 12 * (3 * 768 + 768 + 3072 + 768)
    assert sum(p.numel() for p in encoder.parameters()) == 12 * 3 * 768 + 39_936 + biases + 32 * 768
    assert encoder.layout.shape == (7 * 7, 32)


def slow_rows(encoder, pixels):
    """All of it written out, picture by picture; cells are read after the second of three blocks."""
    v = encoder.tuned.tower
    wholes, layouts = [], []
    for picture in pixels:
        tokens = v._embeds(picture[None])[0]
        kept = len(tokens)
        for depth, block in enumerate(v.transformer.resblocks):
            if depth < len(encoder.prompts):
                prompts = encoder.prompts[depth]
                prompts = v.ln_pre(prompts) if depth == 0 else prompts
                tokens = torch.cat([tokens[:kept], prompts])
            tokens = block(tokens[None])[0]
            if depth == 1 and encoder.layout is not None:  # two thirds of three blocks; 16 patches, 16 cells
                weight = encoder.layout.describe.weight
                layouts.append(torch.stack([weight @ F.layer_norm(t, t.shape) for t in tokens[1:17]]))
        wholes.append(F.normalize(v.ln_post(tokens[0]) @ v.proj, dim=0))
    return torch.stack(wholes), torch.stack(layouts) if layouts else None


@pytest.mark.parametrize("choices", [{}, {"depth": 1}, {"layout": 4, "depth": 2}, {"biases": False}])
def test_rows_match_the_slow_way(backbone, choices):
    method = disturb(build(backbone, **choices))
    with torch.no_grad():
        fast = method.sketch_rows(pixels())
        whole, cells = slow_rows(method.sketch_encoder, pixels())
    assert torch.allclose(fast.whole, whole, atol=1e-5)
    assert (fast.cells is None) == (cells is None)
    assert cells is None or torch.allclose(fast.cells, cells, atol=1e-4)


@pytest.mark.parametrize(("grid", "cells"), [(4, 4), (7, 7), (8, 7), (14, 7)])
def test_fine_grids_are_averaged_down(grid, cells):
    layout = Layout(12, (grid, grid), 3)
    assert layout.shape == (cells * cells, 3)
    patches = torch.randn(2, grid * grid, 12, generator=torch.Generator().manual_seed(0))
    assert layout(patches).shape == (2, cells * cells, 3)
    if grid == 14:  # four patches a cell
        corner = patches[:, [0, 1, 14, 15]].mean(dim=1)
        expected = F.layer_norm(corner, (12,)) @ layout.describe.weight.T
        assert torch.allclose(layout(patches)[:, 0], expected, atol=1e-5)
