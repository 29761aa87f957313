"""The encoder of deep dual prompts: where its prompts start, slow twins, its windows, its size."""

from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

import zsbir
from tests.test_deep_dual import DIM, LAYERS, build, disturb, pixels
from zsbir.backbone import load_backbone
from zsbir.images import open_image, to_pixels
from zsbir.methods.deep_dual import DeepDualConfig
from zsbir.methods.deep_dual_encoder import DeepEncoder
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
        config = DeepDualConfig(prompts=3, windows=True)
        encoder = DeepEncoder(visual, config)
    assert sum(p.numel() for p in encoder.parameters()) == 12 * 3 * 768 + 39_936
    assert encoder.windows.shape == (4, 1 + 5 * 5)


def slow_rows(encoder, pixels):
    """All of it written out: prompts replaced before a block, a path beside it, the last one per window."""
    v = encoder.tuned.tower
    image = v._embeds(pixels)
    n, kept, _ = image.shape
    tokens = image
    last = len(v.transformer.resblocks) - 1
    rows = []
    for depth, block in enumerate(v.transformer.resblocks):
        if depth < len(encoder.prompts):
            prompts = encoder.prompts[depth]
            prompts = v.ln_pre(prompts) if depth == 0 else prompts
            tokens = torch.cat([tokens[:, :kept], prompts.expand(n, -1, -1)], dim=1)
        looks = [list(range(kept))]
        if depth == last and encoder.windows is not None:  # 3 x 3 corners of the grid of 4 x 4
            for top, left in ((0, 0), (0, 1), (1, 0), (1, 1)):
                looks.append([0] + [1 + 4 * (top + y) + left + x for y in range(3) for x in range(3)])
        for look in looks[1:] + looks[:1]:
            part = torch.cat([tokens[:, look], tokens[:, kept:]], dim=1)
            part = block(part) + (encoder.paths[depth](part) if encoder.paths else 0)
            rows.append(v.ln_post(part[:, 0]) @ v.proj)
        tokens = part  # the whole picture came last
    whole, windows = rows[-1], rows[last:-1]
    return F.normalize(torch.stack([whole, *windows], dim=1), dim=-1)


@pytest.mark.parametrize("choices", [{}, {"depth": 1}, {"windows": True, "depth": 2}, {"adapter_rank": 3}])
@pytest.mark.parametrize("windows", [False, True])
def test_rows_match_the_slow_way(backbone, choices, windows):
    method = disturb(build(backbone, **{"windows": windows, **choices}))
    with torch.no_grad():
        fast = method.sketch_rows(pixels())
        assert torch.allclose(fast, slow_rows(method.sketch_encoder, pixels()), atol=1e-5)
    assert fast.shape == (2, method.parts, DIM)
