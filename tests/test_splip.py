"""SpLIP's forward: the three networks by hand, what is trainable, and the exported form."""

import dataclasses
import json

import pytest
import torch
from safetensors.torch import save_file

from tests.test_text_layers import slow_text
from zsbir.backbone import Backbone, load_backbone
from zsbir.backbone.inside import encode_pixels
from zsbir.checkpoint import load_checkpoint
from zsbir.errors import CheckpointError
from zsbir.folders import checkpoints_home
from zsbir.images import Preprocess
from zsbir.methods.splip import SpLIP, SpLIPConfig
from zsbir.methods.splip_live import match_layers

CATEGORIES = ("cat", "hot air balloon", "teapot")
VIT_B_32 = {
    "embed_dim": 512,
    "vision_cfg": {"layers": 12, "width": 768, "patch_size": 32, "image_size": 224},
    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 512, "heads": 8, "layers": 12},
}


@pytest.fixture
def backbone(tiny_folder):
    """With LayerNorms that are not 1 and 0, so that leaving one out shows."""
    backbone = load_backbone(tiny_folder, device="cpu")
    for module in backbone.model.modules():
        if isinstance(module, torch.nn.LayerNorm):
            module.weight.add_(0.3 * torch.randn_like(module.weight))
            module.bias.add_(0.3 * torch.randn_like(module.bias))
    return backbone


def build(backbone, **choices):
    torch.manual_seed(1)
    return SpLIP(backbone, SpLIPConfig(**{"categories": CATEGORIES} | choices))


def pictures(n=4, seed=0):
    return torch.randn(n, 3, 32, 32, generator=torch.Generator().manual_seed(seed))


def standardised(x):
    return (x - x.mean(-1, keepdim=True)) / (x.var(-1, unbiased=False, keepdim=True) + 1e-5).sqrt()


def slow_prompts(method, modality, pixels):
    """The paper's three networks, one token and one category at a time."""
    live, backbone = method.live, method.backbone
    visual, tower = backbone.visual, live.text.tower
    patches = visual.conv1(pixels).flatten(2).transpose(1, 2) + visual.positional_embedding[1:]
    shift = live.b_t.layers(standardised(patches.flatten(0, 1).mean(0))).view(4, 32)
    template = f"a {modality} of a"
    words = backbone.tokenizer([template])[0, 1:5]
    shared = [
        live.b_v.layers(standardised(tower.token_embedding(word) + tower.positional_embedding[place + 1]))
        for place, word in enumerate(words)
    ]
    runs = []
    for category in CATEGORIES:
        tokens = backbone.tokenizer([f"{template} {category}"])[0]
        states = slow_text(tower, tokens, shift)[0]
        runs.append([layer[1 : tokens.argmax() + 1].mean(0) for layer in states])
    layers = []
    for depth in range(3):
        mean = torch.stack([run[depth] for run in runs]).mean(0)
        layers.append(torch.stack([*shared, *live.b_vt.layers(standardised(mean)).view(2, 32)]))
    return torch.stack(layers)


@torch.no_grad()
@pytest.mark.parametrize("modality", ["sketch", "photo"])
def test_prompts_match_the_slow_way(backbone, modality):
    method = build(backbone).train()
    prompts, texts = method.live(modality, pictures())
    assert prompts.shape == (3, 6, 32)
    assert torch.allclose(prompts, slow_prompts(method, modality, pictures()), atol=1e-5)
    assert texts.shape == (3, 16)
    assert torch.allclose(texts.norm(dim=-1), torch.ones(3), atol=1e-5)


@torch.no_grad()
def test_pictures_are_encoded_with_the_prompts(backbone):
    method = build(backbone)
    prompts = torch.randn(3, 6, 32)
    features, patches = method.embed_prompted(pictures(), prompts)
    expected = encode_pixels(method.tuned.tower, pictures(), prompts)
    assert torch.allclose(features, expected / expected.norm(dim=-1, keepdim=True), atol=1e-6)
    tower = method.tuned.tower
    prompts[0] = tower.ln_pre(prompts[0])
    tokens = tower._embeds(pictures())
    for layer, block in zip(prompts, tower.transformer.resblocks, strict=True):
        tokens = block(torch.cat([tokens, layer.expand(4, -1, -1)], dim=1))[:, :17]
    assert torch.allclose(patches, tokens[:, 1:], atol=1e-5)


def test_the_mean_picture_is_that_of_all_seen_in_training(backbone):
    method = build(backbone).train()
    batches = [pictures(3, seed=1), pictures(5, seed=2)]
    for batch in batches:
        method.live("sketch", batch)
    every, once = torch.cat(batches), build(backbone).train()
    assert torch.allclose(method.eval().live("sketch")[0], once.live("sketch", every)[0], atol=1e-5)
    assert method.live.means[1].eq(0).all(), "photos have a mean of their own"
    before = method.live.means.clone()
    for looking in (method, method.train()):
        looking.embed_sketches(every)
        assert torch.equal(method.live.means, before), "inference must not move the mean"


def trained(backbone, **choices):
    """Not as initialised: means seen, LayerNorms moved."""
    method = build(backbone, **choices).train()
    for modality, seed in (("sketch", 1), ("photo", 2)):
        method.live(modality, pictures(4, seed))
    with torch.no_grad():
        for norms in (method.tuned, method.live.text):
            for parameter in norms.parameters():
                parameter.add_(0.1 * torch.randn_like(parameter))
    return method.eval()


SWITCHES = [{}, {"use_b_t": False}, {"use_b_v": False}, {"use_b_vt": False}, {"mode": "fine-grained"}]
NOTHING = {"use_b_v": False, "use_b_vt": False}


@pytest.mark.parametrize("choices", [*SWITCHES, NOTHING], ids=str)
def test_exported_equals_live(backbone, choices):
    live = trained(backbone, **choices)
    exported = live.export()
    for embed in ("embed_sketches", "embed_photos"):
        live_rows, exported_rows = (getattr(method, embed)(pictures()) for method in (live, exported))
        assert torch.allclose(live_rows, exported_rows, atol=1e-6)
        assert torch.allclose(live_rows.norm(dim=-1), torch.ones(4), atol=1e-5)
    assert exported.modes == live.modes == (choices.get("mode", "category"),)
    assert exported.export() is exported


def test_a_modality_differs_by_its_prompts(backbone):
    method = trained(backbone).export()
    assert not torch.allclose(method.embed_sketches(pictures()), method.embed_photos(pictures()), atol=1e-4)
    bare = trained(backbone, **NOTHING).export()
    assert torch.equal(bare.embed_sketches(pictures()), bare.embed_photos(pictures()))


def test_a_shipped_checkpoint_holds_prompts_and_visual_layernorms_only(backbone):
    method = trained(backbone).export()
    norms = {name for name in method.state_dict() if name.startswith("tuned.norms.")}
    assert len(norms) == 2 * (2 + 3 * 2)  # ln_pre, ln_post, and two in each of three blocks
    assert set(method.state_dict()) == norms | {"stored.sketch", "stored.photo"}
    assert not any(parameter.requires_grad for parameter in method.parameters())


@pytest.mark.parametrize("form", ["live", "exported"])
def test_both_forms_survive_a_checkpoint(backbone, tmp_path, form):
    method = trained(backbone)
    method = method.export() if form == "exported" else method
    config = {
        "format": 1,
        "method": "splip",
        "backbone": "tiny",
        "backbone_digest": backbone.digest_of(text=method.reads_text),
        "config": dataclasses.asdict(method.config),
    }
    (tmp_path / "config.json").write_text(json.dumps(config))
    save_file(method.state_dict(), tmp_path / "model.safetensors")
    loaded = load_checkpoint(tmp_path, backbone=backbone).method
    assert loaded.config == method.config
    assert torch.equal(loaded.embed_photos(pictures()), method.embed_photos(pictures()))


def on_paper(model_cfg):
    """A backbone of sizes without numbers."""
    import open_clip

    with torch.device("meta"):
        model = open_clip.CLIP(**model_cfg).requires_grad_(False)
    tokenizer = open_clip.SimpleTokenizer(context_length=model.context_length)
    preprocess = Preprocess(side=224, mean=(0.5,) * 3, std=(0.5,) * 3)
    return Backbone("paper", model, tokenizer, preprocess, "", torch.device("meta"))


def count(module):
    return sum(parameter.numel() for parameter in module.parameters() if parameter.requires_grad)


def zsbir_tiny():
    file = checkpoints_home() / "zsbir-tiny" / "open_clip_config.json"
    return json.loads(file.read_text())["model_cfg"]


@pytest.mark.parametrize(
    ("model_cfg", "image_norms", "text_norms", "bridges", "exported"),
    [
        (VIT_B_32, 39_936, 25_600, (1_707_008, 919_296, 1_313_280), 2 * 12 * 6 * 768),
        (zsbir_tiny(), 9_600, 9_600, (222_336, 111_168, 148_224), 2 * 12 * 6 * 192),
    ],
    ids=["ViT-B-32", "zsbir-tiny"],
)
def test_exactly_what_the_paper_trains_is_trainable(model_cfg, image_norms, text_norms, bridges, exported):
    backbone = on_paper(model_cfg)
    method = SpLIP(backbone, SpLIPConfig(categories=CATEGORIES))
    live = method.live
    assert (count(method.tuned), count(live.text)) == (image_norms, text_norms)
    assert tuple(map(count, (live.b_t, live.b_v, live.b_vt))) == bridges
    assert count(method) == image_norms + text_norms + sum(bridges)
    assert count(backbone.model) == 0
    assert count(SpLIP(backbone, SpLIPConfig(exported=True)).stored) == exported


@pytest.mark.parametrize(
    ("image", "text", "expected"),
    [(3, 3, [0, 1, 2]), (4, 2, [0, 0, 1, 1]), (2, 4, [1, 3]), (3, 2, [0, 1, 1])],
)
def test_layers_of_towers_of_different_depth(image, text, expected):
    assert match_layers(image, text) == expected


def test_wrong_configs_are_one_sentence(backbone):
    right = dataclasses.asdict(SpLIPConfig())
    with pytest.raises(CheckpointError, match="mode must be one of"):
        SpLIP.from_config(backbone, right | {"mode": "both"})
    with pytest.raises(CheckpointError, match="unknown or missing keys"):
        SpLIP.from_config(backbone, right | {"depth": 9})
    with pytest.raises(CheckpointError, match="training categories"):
        SpLIP.from_config(backbone, right).embed_photos(pictures())
    with pytest.raises(CheckpointError, match="image_prompts must be at least 1"):
        SpLIP.from_config(backbone, right | {"image_prompts": 0})
    with pytest.raises(CheckpointError, match="exported SpLIP"):
        SpLIP.from_config(backbone, right | {"exported": True}).use_categories(CATEGORIES)
