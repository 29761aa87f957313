"""CLIP-AT: its forward against a slow twin, what it trains, what its losses are made of."""

import dataclasses

import pytest
import torch
from torch.nn import functional as F

from tests.batches import make_batch
from zsbir.backbone import Backbone, load_backbone
from zsbir.errors import CheckpointError
from zsbir.images import Preprocess
from zsbir.methods.clip_at import ClipAT, ClipATConfig
from zsbir.training.methods import losses
from zsbir.training.methods.clip_at import ClipATObjective, ClipATTrainConfig
from zsbir.training.methods.texts import class_texts

CATEGORIES = ["cat", "cow", "cup"]


@pytest.fixture
def backbone(tiny_folder):
    return load_backbone(tiny_folder, device="cpu")


def build(backbone, mode="category", **choices):
    torch.manual_seed(1)
    method = ClipAT(backbone, ClipATConfig(mode=mode, **choices))
    with torch.no_grad():  # away from where prompts hardly matter and both branches agree
        for parameter in method.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    return method


def objective(backbone, mode="category", **choices):
    choices = ({"sampler": "pk"} if mode == "fine-grained" else {}) | choices
    config = ClipATTrainConfig(mode=mode, **choices)
    return ClipATObjective(build(backbone, mode), config, CATEGORIES)


def pixels(n=2):
    return torch.randn(n, 3, 32, 32, generator=torch.Generator().manual_seed(0))


def slow_forward(encoder, frozen, pictures):
    """Class token, patches, prompts, then ln_pre, the blocks and ln_post, with the learnt LayerNorms."""
    norm = lambda name, x: encoder.tuned.norms[name](x)  # noqa: E731
    patches = frozen.conv1(pictures).flatten(2).transpose(1, 2)
    first = frozen.class_embedding.expand(len(pictures), 1, -1)
    tokens = torch.cat([first, patches], dim=1) + frozen.positional_embedding
    tokens = norm("ln_pre", torch.cat([tokens, encoder.prompts.expand(len(pictures), -1, -1)], dim=1))
    for depth, block in enumerate(frozen.transformer.resblocks):
        name = f"transformer-resblocks-{depth}"
        x = norm(f"{name}-ln_1", tokens)
        tokens = tokens + block.attn(x, x, x, need_weights=False)[0]
        tokens = tokens + block.mlp(norm(f"{name}-ln_2", tokens))
    return F.normalize(norm("ln_post", tokens[:, 0]) @ frozen.proj, dim=-1)


def test_both_branches_equal_the_slow_way(backbone):
    method = build(backbone)
    for embed, encoder in (
        (method.embed_sketches, method.sketch_encoder),
        (method.embed_photos, method.photo_encoder),
    ):
        assert torch.allclose(embed(pixels()), slow_forward(encoder, backbone.visual, pixels()), atol=1e-5)


def test_category_level_separates_and_fine_grained_shares(backbone):
    apart, shared = build(backbone), build(backbone, "fine-grained")
    assert not torch.allclose(apart.embed_sketches(pixels()), apart.embed_photos(pixels()), atol=1e-3)
    assert torch.equal(shared.embed_sketches(pixels()), shared.embed_photos(pixels()))
    assert not any(key.startswith("sketch_encoder") for key in shared.state_dict())


@pytest.mark.parametrize(("mode", "expected"), [("category", 84_480), ("fine-grained", 42_240)])
@pytest.mark.parametrize("name", ["ViT-B-32-quickgelu", "ViT-B-16-quickgelu"])
def test_on_vit_b_it_trains_what_the_paper_counts(name, mode, expected):
    import open_clip

    with torch.device("meta"):  # shapes alone: no weights are made
        model = open_clip.CLIP(**open_clip.get_model_config(name)).requires_grad_(False)
        preprocess = Preprocess(224, (0.5,) * 3, (0.5,) * 3)
        frozen = Backbone(name, model, None, preprocess, "sha256:0", torch.device("meta"))
        method = ClipAT(frozen, ClipATConfig(mode=mode))
    assert sum(p.numel() for p in method.parameters() if p.requires_grad) == expected
    assert sum(tensor.numel() for tensor in method.state_dict().values()) == expected


def test_a_config_of_another_version_is_refused(backbone):
    config = dataclasses.asdict(ClipATConfig())
    with pytest.raises(CheckpointError, match="depth"):
        ClipAT.from_config(backbone, config | {"depth": 12})
    with pytest.raises(CheckpointError, match="prompts"):
        ClipAT.from_config(backbone, {"mode": "category", "prompt_std": 0.02})
    with pytest.raises(CheckpointError, match="mode must be"):
        ClipAT.from_config(backbone, config | {"mode": "both"})


def test_category_losses_by_hand(backbone):
    learning, batch = objective(backbone, margin=0.4, tau=0.1), make_batch(6, len(CATEGORIES))
    found, method = learning.losses(batch), learning.method
    s, p, n = (
        method.embed_sketches(batch.sketches),
        *map(method.embed_photos, (batch.photos, batch.negatives)),
    )
    texts = class_texts(backbone, CATEGORIES)
    assert set(found) == {"triplet", "text"}
    triplet = (0.4 + (s * n).sum(1) - (s * p).sum(1)).clamp(min=0).mean()
    assert found["triplet"].item() == pytest.approx(triplet.item(), abs=1e-5)
    text = sum(F.cross_entropy(x @ texts.T / 0.1, batch.labels) for x in (s, p))
    assert found["text"].item() == pytest.approx(0.5 * text.item(), rel=1e-4)


def test_fine_grained_losses_by_hand(backbone):
    learning = objective(backbone, "fine-grained", sampler="pk", batch=6, per_class=2)
    batch = make_batch(6, len(CATEGORIES))
    found, embed = learning.losses(batch), learning.method.embed_photos
    s, p, n = map(embed, (batch.sketches, batch.photos, batch.negatives))
    deltas = losses.distance(s, p) - losses.distance(s, n)
    assert found["uniformity"].item() == pytest.approx(
        0.1 * losses.relative_uniformity(deltas, batch.labels).item(), rel=1e-3
    )
    again = make_batch(6, len(CATEGORIES)).generator
    same = losses.random_permutations(6, 4, again)
    other = losses.other_permutations(same, again)
    a, b, c = (
        embed(losses.shuffle_tiles(x, tiles, 2))
        for x, tiles in ((batch.sketches, same), (batch.photos, same), (batch.photos, other))
    )
    shuffle = losses.triplet(losses.distance(a, b), losses.distance(a, c), 0.3)
    assert found["shuffle"].item() == pytest.approx(shuffle.item(), abs=1e-5)


@pytest.mark.parametrize(
    ("switch", "gone"),
    [("classification", "text"), ("uniformity", "uniformity"), ("patch_shuffle", "shuffle")],
)
def test_an_ablation_leaves_out_its_loss_and_no_other(backbone, switch, gone):
    everything = {"triplet", "text", "uniformity", "shuffle"}
    config = {"sampler": "pk", "batch": 6, "per_class": 2, switch: 0.0}
    found = objective(backbone, "fine-grained", **config).losses(make_batch(6, len(CATEGORIES)))
    assert set(found) == everything - {gone}


@pytest.mark.parametrize("mode", ["category", "fine-grained"])
def test_gradients_reach_prompts_and_norms_alone(backbone, mode):
    learning = objective(backbone, mode, sampler="pk", batch=6, per_class=2)
    sum(learning.losses(make_batch(6, len(CATEGORIES))).values()).backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in learning.method.parameters())
    assert all(p.grad is None for p in backbone.model.parameters())


def test_the_parameter_groups_are_all_that_learns(backbone):
    learning = objective(backbone, lr=1e-3, norm_lr=1e-4)
    new, norms = learning.parameter_groups()
    assert (new["lr"], norms["lr"]) == (1e-3, 1e-4)
    assert sum(p.numel() for p in new["params"]) == 2 * 3 * 32
    grouped = [id(p) for group in (new, norms) for p in group["params"]]
    assert sorted(grouped) == sorted(id(p) for p in learning.parameters())


def test_uniformity_needs_the_sampler_that_it_compares_by():
    with pytest.raises(ValueError, match="set sampler to 'pk', or uniformity to 0"):
        ClipATTrainConfig(mode="fine-grained")
    ClipATTrainConfig(mode="fine-grained", uniformity=0.0)
