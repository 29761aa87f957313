"""The parts of DP-CLIP, each against a slow twin."""

import pytest
import torch
from torch import nn

from tests.dp_clip_kit import pictures, slow_block, stirred
from zsbir.backbone.adapted import BlockAdapter, check_adaptable
from zsbir.errors import BackboneError
from zsbir.methods.dp_clip_parts import LocalHead, PromptGenerator


def test_an_adapter_that_learnt_nothing_is_the_block_itself(tiny_clip):
    block, tokens = tiny_clip.visual.transformer.resblocks[1], torch.randn(2, 9, 32)
    with torch.no_grad():
        for scales in (None, torch.randn(2, 4)):
            assert torch.allclose(BlockAdapter(32, 4)(block, tokens, scales), block(tokens), atol=1e-5)


def test_an_adapter_matches_merged_matrices(tiny_clip):
    block, tokens, scales = (
        tiny_clip.visual.transformer.resblocks[1],
        torch.randn(2, 9, 32),
        torch.randn(2, 4),
    )
    adapter = stirred(BlockAdapter(32, 4))
    with torch.no_grad():
        fast, plain = adapter(block, tokens, scales), block(tokens)
        unscaled = adapter(block, tokens)
    assert torch.allclose(fast, slow_block(block, adapter, tokens, scales), atol=1e-5)
    assert torch.allclose(unscaled, slow_block(block, adapter, tokens, torch.zeros(2, 4)), atol=1e-5)
    assert not torch.allclose(fast, plain, atol=1e-2) and not torch.allclose(fast, unscaled, atol=1e-3)


def test_other_attention_is_refused(tiny_clip):
    check_adaptable(tiny_clip.visual)
    tiny_clip.visual.transformer.resblocks[0].attn = nn.Identity()
    with pytest.raises(BackboneError, match="take a ViT"):
        check_adaptable(tiny_clip.visual)


@torch.no_grad()
def test_prompts_are_made_layer_by_layer(tiny_clip):
    generator = stirred(PromptGenerator(tiny_clip.visual, prompts=3, dropout=0.1)).eval()
    support = torch.randn(2, 17, 32)
    made = generator(support)
    assert made.shape == (3, 3, 32)
    for layer, seeds in zip(made, generator.seeds, strict=True):
        sequence = torch.cat([generator.project(seeds), support[0], support[1]])[None]
        assert torch.allclose(layer, generator.block(sequence)[0, :3], atol=1e-5)


@torch.no_grad()
def test_prompts_drop_out_in_training_only(tiny_clip):
    generator = PromptGenerator(tiny_clip.visual, prompts=3, dropout=0.5)
    support = torch.randn(2, 17, 32)
    assert not torch.equal(generator.train()(support), generator(support))
    assert torch.equal(generator.eval()(support), generator(support))


@torch.no_grad()
def test_windows_are_crops_through_the_last_block(tiny_clip):
    visual = tiny_clip.visual
    head, tokens, scales = stirred(LocalHead(visual, 4)), torch.randn(2, 1 + 16 + 3, 32), torch.randn(2, 4)
    fast = head(tokens, scales)
    grid = tokens[:, 1:17].unflatten(1, (4, 4))
    crops = [grid[:, :3, :3], grid[:, :3, 1:], grid[:, 1:, :3], grid[:, 1:, 1:]]
    for i, crop in enumerate(crops):
        sequence = torch.cat([tokens[:, :1], crop.flatten(1, 2)], dim=1)
        read = slow_block(head.tuned.tower, head.adapter, sequence, scales)[:, 0]
        assert torch.allclose(fast[:, i], head.norms[i](read) @ head.proj[i], atol=1e-4)


def test_windows_need_a_tower_that_reads_its_class_token(tiny_clip):
    tiny_clip.visual.pool_type = "avg"
    with pytest.raises(BackboneError, match="pools by 'avg'; set local_features to false"):
        LocalHead(tiny_clip.visual, 4)


@torch.no_grad()
def test_windows_start_as_plain_clip_reads(tiny_clip):
    """The whole grid as the only window would be plain CLIP's feature."""
    visual, pixels = tiny_clip.visual, pictures(2)
    head = LocalHead(visual, 4)
    head.windows = torch.arange(17).expand(4, -1)
    tokens = visual._embeds(pixels)
    for block in visual.transformer.resblocks[:-1]:
        tokens = block(tokens)
    expected = visual(pixels)[:, None].expand(-1, 4, -1)
    assert torch.allclose(head(tokens), expected, atol=1e-5)
