"""The text tower layer by layer: a slow twin, parity with plain CLIP, and towers that cannot be prompted."""

import pytest
import torch

from zsbir.backbone import load_backbone
from zsbir.backbone.text_layers import TextTower, run_text
from zsbir.errors import BackboneError

TEXTS = ["cat", "hot air balloon", "teapot"]


@pytest.fixture
def backbone(tiny_folder):
    return load_backbone(tiny_folder, device="cpu")


def slow_text(model, tokens, prompts):
    """One text by itself, its whole context: start, prompts, everything else, at every layer."""
    words = model.token_embedding(tokens) + model.positional_embedding
    length = len(words) + len(prompts)
    mask = torch.zeros(length, length)
    for row in range(length):
        mask[row, row + 1 :] = -torch.inf
    states = []
    for block in model.transformer.resblocks:
        out = block(torch.cat([words[:1], prompts, words[1:]])[None], attn_mask=mask)[0]
        words = torch.cat([out[:1], out[1 + len(prompts) :]])
        states.append(words)
    return states, model.ln_final(words[tokens.argmax()]) @ model.text_projection


@torch.no_grad()
def test_the_text_tower_matches_the_slow_way(backbone):
    tokens, prompts = backbone.tokenizer(["a cat", "a photo of a hot air balloon"]), torch.randn(4, 32)
    states, features = run_text(TextTower(backbone.model), tokens, prompts)
    for row, text in enumerate(tokens):
        slow, feature = slow_text(backbone.model, text, prompts)
        expected = torch.stack(slow)[:, : states.shape[2]]
        assert torch.allclose(states[:, row], expected, atol=1e-5)
        assert torch.allclose(features[row], feature, atol=1e-5)


@torch.no_grad()
def test_without_prompts_the_text_tower_is_plain(backbone):
    tokens = backbone.tokenizer(TEXTS)
    features = run_text(TextTower(backbone.model), tokens)[1]
    assert torch.allclose(features, backbone.model.encode_text(tokens), atol=1e-5)


@torch.no_grad()
def test_prompts_steer_every_text_layer(backbone):
    tokens = backbone.tokenizer(TEXTS)
    plain, steered = (run_text(TextTower(backbone.model), tokens, p)[0] for p in (None, torch.randn(2, 32)))
    assert all(not torch.allclose(a[:, 1:], b[:, 1:], atol=1e-3) for a, b in zip(plain, steered, strict=True))
    assert torch.allclose(plain[:, :, 0], steered[:, :, 0], atol=1e-5)  # the start sees only itself


def test_a_text_tower_that_is_not_causal_is_refused(tiny_clip):
    tiny_clip.attn_mask = None
    with pytest.raises(BackboneError, match="causal"):
        TextTower(tiny_clip)
