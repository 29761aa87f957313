"""DP-CLIP as a whole: its slow twin, what it equals when nothing is learnt, and what it remembers."""

import json

import pytest
import torch
from safetensors.torch import save_file
from torch.nn import functional as F

from tests.dp_clip_kit import pictures, slow_block, stirred
from zsbir.backbone import Backbone, load_backbone
from zsbir.checkpoint import load_checkpoint
from zsbir.errors import CheckpointError, GalleryError
from zsbir.methods import METHODS
from zsbir.methods.dp_clip import DPCLIP, DPCLIPConfig

OFF = {"visual_prompts": False, "text_scales": False, "local_features": False}


@pytest.fixture
def backbone(tiny_folder):
    return load_backbone(tiny_folder, device="cpu")


@pytest.fixture
def method(backbone):
    """One in which everything does something."""
    return stirred(DPCLIP(backbone, DPCLIPConfig())).eval()


@torch.no_grad()
def test_the_whole_matches_the_slow_way(method):
    """Prompts after the patches, adapted blocks, the class token, the windows; then the weights."""
    pixels, support, visual = pictures(2), pictures(2, seed=5), method.tuned.tower
    context = method.context("cat", support)
    patches = visual.conv1(pixels).flatten(2).transpose(1, 2)
    image = torch.cat([visual.class_embedding.expand(2, 1, -1), patches], dim=1) + visual.positional_embedding
    tokens = visual.ln_pre(torch.cat([image, context.prompts[0].expand(2, -1, -1)], dim=1))
    for depth, block in enumerate(visual.transformer.resblocks):
        if depth:
            tokens = torch.cat([tokens[:, :17], context.prompts[depth].expand(2, -1, -1)], dim=1)
        entering = tokens
        tokens = slow_block(block, method.adapters[depth], tokens, context.scales[depth])
    whole = visual.ln_post(tokens[:, 0]) @ visual.proj
    local = method.local(entering[:, :17], context.scales[-1])
    parts = [F.normalize(whole, dim=-1), *F.normalize(local, dim=-1).unbind(1)]
    assert torch.allclose(method.embed_parts(pixels, context), torch.stack(parts, dim=1), atol=1e-4)
    flat = torch.cat([parts[0], *(0.2**0.5 * part for part in parts[1:])], dim=-1) / 1.8**0.5
    method.remember("cat", support)
    assert torch.allclose(method.embed_photos(pixels, "cat"), flat, atol=1e-4)


def test_support_is_read_before_ln_pre(method):
    """By the frozen tower: tokens with their positions, two photos after each other."""
    visual, support = method.backbone.visual, pictures(2)
    patches = visual.conv1(support).flatten(2).transpose(1, 2)
    tokens = torch.cat([visual.class_embedding.expand(2, 1, -1), patches], dim=1)
    tokens = tokens + visual.positional_embedding
    expected = method.generator(tokens)
    assert torch.allclose(method.context("cat", support).prompts, expected, atol=1e-5)


@pytest.mark.parametrize("switches", [OFF, OFF | {"text_scales": True}])
def test_nothing_learnt_equals_plain_clip(backbone, tiny_clip, switches):
    """Zero LoRA, no prompts, no windows: whatever the scales are."""
    method = DPCLIP(backbone, DPCLIPConfig(**switches)).eval()
    pixels = pictures(3)
    with torch.no_grad():
        expected = F.normalize(tiny_clip.encode_image(pixels), dim=-1)
    assert torch.allclose(method.embed_sketches(pixels, "cat"), expected, atol=1e-5)
    assert torch.allclose(method.embed_photos(pixels, "cat"), expected, atol=1e-5)
    assert method.dim == 16 and method.support == 0
    assert method.needs_category == switches["text_scales"]


def test_the_flat_row_ranks_as_the_weighted_distance(method):
    method.remember("cat", pictures(2, seed=9))
    sketches, photos = (method.embed_parts(pictures(n, seed=n), method.recall("cat")) for n in (4, 7))
    cosines = torch.einsum("qpd,npd->qnp", sketches, photos)
    distances = (1 - cosines[..., 0]) + 0.2 * (1 - cosines[..., 1:]).sum(dim=-1)
    a, b = method.embed_sketches(pictures(4, seed=4), "cat"), method.embed_photos(pictures(7, seed=7), "cat")
    assert a.shape == (4, method.dim) == (4, 5 * 16) and a.dtype == torch.float32
    assert torch.allclose(a.norm(dim=-1), torch.ones(4), atol=1e-6)
    assert torch.allclose(1.8 * (1 - a @ b.T), distances, atol=1e-5)
    assert torch.equal((a @ b.T).argsort(dim=1, descending=True), distances.argsort(dim=1))


def test_what_learns_is_what_the_paper_counts():
    """Section 5.3, for ViT-B/32 at rank 16: 13.64 M, of which the released code makes 15.84 M."""
    import open_clip

    with torch.device("meta"):
        model = open_clip.CLIP(
            512,
            {"layers": 12, "width": 768, "head_width": 64, "patch_size": 32, "image_size": 224},
            {"context_length": 77, "vocab_size": 49408, "width": 512, "heads": 8, "layers": 12},
            quick_gelu=True,
        ).requires_grad_(False)
        backbone = Backbone("ViT-B-32", model, None, None, "", torch.device("meta"))
        method = DPCLIP(backbone, DPCLIPConfig())
    counts = {name: sum(p.numel() for p in part.parameters()) for name, part in method.named_children()}
    assert counts == {
        "tuned": 39_936,
        "adapters": 884_736,
        "generator": 7_706_112,
        "scales": 3_348_864,
        "local": 1_655_808,
    }
    assert sum(counts.values()) == sum(p.numel() for p in method.parameters()) == 13_635_456
    assert method.generator.seeds.numel() == 27_648
    assert sum(p.numel() for p in method.generator.block.parameters()) == 7_087_872
    assert all(p.requires_grad for p in method.parameters())
    assert sum(t.numel() for t in method.state_dict().values()) == 13_635_456


def test_a_category_must_be_remembered(method):
    assert method.needs_category and method.support == 2 and not method.knows("cat")
    with pytest.raises(GalleryError, match=r"remember\('cat', pixels\) with 2 of its photos"):
        method.embed_photos(pictures(1), "cat")
    with pytest.raises(GalleryError, match="under a category"):
        method.embed_photos(pictures(1))
    with pytest.raises(GalleryError, match="'cat' has no photo"):
        method.remember("cat", pictures(0))
    method.remember("cat", pictures(2))
    assert method.knows("cat") and not method.knows("dog")
    assert method.embed_photos(pictures(1), "cat").shape == (1, 80)


def test_name_and_photos_both_change_the_embedding(method):
    for category, seed in (("cat", 0), ("dog", 0), ("bird", 7)):
        method.remember(category, pictures(2, seed=seed))
    cat, dog, bird = (method.embed_photos(pictures(1), name) for name in ("cat", "dog", "bird"))
    assert not torch.allclose(cat, dog, atol=1e-4)  # another name
    method.remember("bird", pictures(2, seed=0))
    assert not torch.allclose(bird, method.embed_photos(pictures(1), "bird"), atol=1e-4)  # other photos


def test_one_photo_counts_twice_and_a_third_not_at_all(method):
    photos, seen = pictures(3), pictures(1, seed=9)
    embedded = []
    for support in (photos[:1], photos[[0, 0]], photos[:2], photos):
        method.remember("cat", support)
        embedded.append(method.embed_sketches(seen, "cat"))
    assert torch.equal(embedded[0], embedded[1]) and torch.equal(embedded[2], embedded[3])
    assert not torch.allclose(embedded[1], embedded[2], atol=1e-4)


def test_no_name_means_object(method):
    for category in ("", "object", "hot_air_balloon", "hot air balloon"):
        method.remember(category, pictures(2))
    nameless, thing, balloon, words = (
        method.embed_photos(pictures(1), name)
        for name in ("", "object", "hot_air_balloon", "hot air balloon")
    )
    assert torch.equal(nameless, thing) and torch.equal(balloon, words)
    assert not torch.allclose(thing, balloon, atol=1e-4)


def test_learning_forgets_what_was_remembered(method):
    method.remember("cat", pictures(2))
    method.eval()
    assert method.knows("cat")
    method.train()
    assert not method.knows("cat")


def test_loading_weights_forgets_what_was_remembered(method):
    method.remember("cat", pictures(2))
    method.load_state_dict(stirred(DPCLIP(method.backbone, method.config)).state_dict())
    assert not method.knows("cat")


def test_what_is_remembered_in_training_has_no_dropout(method):
    method.remember("cat", pictures(2))
    expected = method.recall("cat").prompts
    method.train().remember("cat", pictures(2))
    assert torch.equal(method.recall("cat").prompts, expected)
    assert all(module.training for module in method.generator.modules())


def test_a_forward_without_gradients_leaves_later_ones_theirs(backbone):
    method = stirred(DPCLIP(backbone, DPCLIPConfig(mode="category"))).train()
    with torch.no_grad():
        method.forward_photos(pictures(2))
    for learning in (method, method.eval()):
        method.zero_grad()
        method.embed_photos(pictures(2))
        learning.forward_photos(pictures(2)).sum().backward()
        assert method.generator.seeds.grad.abs().sum() > 0


def test_category_mode_needs_no_category(backbone):
    method = stirred(DPCLIP(backbone, DPCLIPConfig(mode="category"))).eval()
    assert not method.needs_category and method.support == 0 and method.knows("cat")
    assert method.modes == ("category",)
    pixels = pictures(2)
    none, cat = method.embed_sketches(pixels), method.embed_photos(pixels, "cat")
    assert torch.equal(none, cat)
    with torch.no_grad():
        method.scales.networks[0][2].bias.add_(1.0)
    method.train().eval()
    assert not torch.allclose(none, method.embed_sketches(pixels), atol=1e-4)  # the old context is gone


def test_a_checkpoint_holds_what_was_learnt(method, tiny_folder, tmp_path):
    method.remember("cat", pictures(2))
    folder = tmp_path / "dp-clip-fine-grained"
    folder.mkdir()
    config = {name: getattr(method.config, name) for name in DPCLIPConfig.__dataclass_fields__}
    whole = {
        "format": 1,
        "method": "dp-clip",
        "backbone": "tiny",
        "backbone_digest": method.backbone.digest_of(text=True),
        "config": config,
    }
    (folder / "config.json").write_text(json.dumps(whole))
    state = method.state_dict()
    assert set(state) == {name for name, _ in method.named_parameters()}
    save_file(state, folder / "model.safetensors")
    loaded = load_checkpoint(folder, backbone=load_backbone(tiny_folder, device="cpu")).method
    loaded.remember("cat", pictures(2))
    assert torch.equal(loaded.embed_photos(pictures(3), "cat"), method.embed_photos(pictures(3), "cat"))


def test_a_senseless_config_is_refused(backbone):
    for wrong in ({"mode": "both"}, {"rank": 0}, {"dropout": 1.0}, {"local_weight": 0.0}):
        config = {name: getattr(DPCLIPConfig(), name) for name in DPCLIPConfig.__dataclass_fields__}
        with pytest.raises(CheckpointError, match="makes no sense"):
            DPCLIP.from_config(backbone, config | wrong)


def test_it_is_registered():
    assert METHODS["dp-clip"] is DPCLIP
