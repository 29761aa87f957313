"""Deep dual prompts, forward: plain CLIP at its start, what learns, its centres, its file on disk."""

import dataclasses
import json

import pytest
import torch
from safetensors.torch import save_file
from torch.nn import functional as F

from zsbir.backbone import load_backbone
from zsbir.checkpoint import load_checkpoint
from zsbir.errors import BackboneError, CheckpointError
from zsbir.methods import METHODS
from zsbir.methods.deep_dual import DeepDual, DeepDualConfig
from zsbir.methods.deep_dual_centres import Centre
from zsbir.methods.plain import PlainCLIP
from zsbir.training.methods.deep_dual import DeepDualObjective, DeepDualTrainConfig

LAYERS, WIDTH, DIM = 3, 32, 16  # of the tiny CLIP
NORMS = 2 * WIDTH * (1 + 2 * LAYERS + 1)  # before, in and after the blocks; weight and bias
BIASES = LAYERS * (3 * WIDTH + WIDTH + 4 * WIDTH + WIDTH)  # attention in and out, MLP up and down
LAYOUT = 32 * WIDTH


@pytest.fixture
def backbone(tiny_folder):
    return load_backbone(tiny_folder, device="cpu")


def build(backbone, **choices):
    torch.manual_seed(1)
    method = DeepDual(backbone, DeepDualConfig(**choices))
    method.start()
    return method


def disturb(method):
    """Move every learnt number, so that nothing is zero or one any more."""
    torch.manual_seed(2)
    with torch.no_grad():
        for tensor in method.state_dict().values():
            tensor += 0.2 * torch.randn_like(tensor)
    return method


def pixels(n=2, seed=3):
    return torch.randn(n, 3, 32, 32, generator=torch.Generator().manual_seed(seed))


def test_it_is_registered():
    assert METHODS["deep-dual"] is DeepDual


@pytest.mark.parametrize("mode", ["category", "fine-grained"])
def test_without_prompts_it_starts_as_plain_clip(backbone, mode):
    method = build(backbone, mode=mode, prompts=0, layout=0)
    plain = PlainCLIP(backbone).embed_photos(pixels())
    for embed in (method.embed_sketches, method.embed_photos):
        assert torch.allclose(embed(pixels()), plain, atol=1e-6)


@pytest.mark.parametrize(
    ("choices", "encoders", "each"),
    [
        ({}, 2, LAYERS * 4 * WIDTH + NORMS + BIASES),
        ({"biases": False}, 2, LAYERS * 4 * WIDTH + NORMS),
        ({"mode": "fine-grained"}, 1, LAYERS * 4 * WIDTH + NORMS + BIASES + LAYOUT),
        ({"mode": "fine-grained", "shared": False}, 2, LAYERS * 4 * WIDTH + NORMS + BIASES + LAYOUT),
        ({"shared": True}, 1, LAYERS * 4 * WIDTH + NORMS + BIASES),
        ({"prompts": 2, "depth": 1, "biases": False}, 2, 1 * 2 * WIDTH + NORMS),
        ({"prompts": 0, "layout": 5, "biases": False}, 2, 5 * WIDTH + NORMS),
    ],
)
def test_what_learns_is_counted(backbone, choices, encoders, each):
    method = build(backbone, **choices)
    assert sum(p.numel() for p in method.parameters() if p.requires_grad) == encoders * each
    assert all(p.requires_grad for p in method.parameters())
    assert not any(p.requires_grad for p in backbone.model.parameters())


def test_only_what_was_learnt_is_saved(backbone):
    saved = set(build(backbone, layout=4).state_dict())
    heads = {name.split(".")[0] for name in saved}
    assert heads == {"photo_encoder", "sketch_encoder", "photo_centres", "sketch_centres"}
    inside = {name.split(".", 1)[1] for name in saved if name.startswith("photo_encoder")}
    learnt = ("prompts", "tuned.norms.", "tuned.biases.", "layout.describe.weight")
    assert all(name.startswith(learnt) for name in inside)


def test_inner_products_are_the_weighted_mean_of_the_parts_cosines(backbone):
    method = disturb(build(backbone, layout=4, layout_weight=0.3))
    with torch.no_grad():
        sketches, photos = method.sketch_rows(pixels(3)), method.photo_rows(pixels(4, seed=5))
        joined = method.join_sketches(sketches) @ method.join_photos(photos).T
        sketches, photos = method.sketch_centres(sketches), method.photo_centres(photos)
    for s in range(3):
        for p in range(4):
            whole = torch.cosine_similarity(sketches.whole[s], photos.whole[p], dim=0)
            cells = torch.cosine_similarity(sketches.cells[s], photos.cells[p], dim=1)
            assert torch.isclose(joined[s, p], 0.7 * whole + 0.3 * cells.mean(), atol=1e-6)
    assert method.embed_photos(pixels()).shape == (2, method.dim) == (2, DIM + 16 * 4)


@pytest.mark.parametrize("centred", [False, True])
def test_embeddings_are_unit_rows_and_tell_the_modalities_apart(backbone, centred):
    method = disturb(build(backbone, layout=4, centred=centred))
    sketches, photos = method.embed_sketches(pixels()), method.embed_photos(pixels())
    assert torch.allclose(sketches.norm(dim=1), torch.ones(2), atol=1e-5)
    assert not torch.allclose(sketches, photos, atol=1e-2)


def test_a_layout_tells_where_things_are(backbone):
    """The same blot in two corners: told apart by the layout, whatever the class token makes of it."""
    method = build(backbone, mode="fine-grained", layout_weight=0.9, centred=False)
    paper = torch.ones(2, 3, 32, 32)
    paper[0, :, :8, :8] = paper[1, :, 24:, 24:] = -1
    rows = method.photo_rows(paper)
    moved = torch.cosine_similarity(rows.cells[0], rows.cells[1], dim=1).view(4, 4)
    assert moved[0, 0] < moved[1, 2] and moved[3, 3] < moved[1, 2]


def test_a_shared_encoder_still_has_two_centres(backbone):
    method = build(backbone, mode="fine-grained")
    sketches, photos = method.sketch_rows(pixels()), method.photo_rows(pixels())
    assert torch.equal(sketches.whole, photos.whole) and torch.equal(sketches.cells, photos.cells)
    disturb(method)
    assert not torch.allclose(method.embed_sketches(pixels()), method.embed_photos(pixels()), atol=1e-3)


def test_a_centre_starts_at_the_first_batch_and_follows_the_others():
    centre = Centre(2)
    centre.follow(torch.tensor([[1.0, 0.0], [0.0, 1.0]]), 0.1)
    assert centre.mean.tolist() == [0.5, 0.5]
    centre.follow(torch.tensor([[1.0, 0.0]]), 0.1)
    assert torch.allclose(centre.mean, torch.tensor([0.55, 0.45]))
    row = centre(torch.tensor([[1.0, 0.0]]))
    assert torch.allclose(row, torch.tensor([[0.5**0.5, -(0.5**0.5)]]))


def test_centres_bridge_the_gap_between_modalities():
    """Photos are the sketches, shifted as a whole: not centred, many sketches find the wrong photo."""
    torch.manual_seed(0)
    things = F.normalize(torch.randn(40, 8), dim=-1)
    far = 3 * F.normalize(torch.randn(2, 8), dim=-1)
    sketches, photos = (F.normalize(things + shift, dim=-1) for shift in far)
    hits = (sketches @ photos.T).argmax(dim=1) == torch.arange(40)
    centred = []
    for rows in (sketches, photos):
        centre = Centre(8)
        centre.follow(rows, 1.0)
        centred.append(centre(rows))
    bridged = (centred[0] @ centred[1].T).argmax(dim=1) == torch.arange(40)
    assert bridged.sum() > hits.sum() + 10


def test_half_precision_stays_close(tiny_folder):
    choices = {"layout": 8}
    exact = disturb(build(load_backbone(tiny_folder, device="cpu"), **choices))
    half = load_backbone(tiny_folder, device="cpu")
    half = dataclasses.replace(half, model=half.model.bfloat16(), dtype=torch.bfloat16)
    method = build(half, **choices)
    method.load_state_dict(exact.state_dict())
    rows = method.to(torch.bfloat16).embed_sketches(pixels())
    assert rows.dtype == torch.float32
    assert torch.allclose(rows.norm(dim=1), torch.ones(2), atol=1e-4)
    assert ((rows * exact.embed_sketches(pixels())).sum(dim=1) > 0.99).all()


def test_a_checkpoint_gives_the_same_embeddings(backbone, tmp_path):
    method = disturb(build(backbone, mode="fine-grained"))
    save_file(method.state_dict(), tmp_path / "model.safetensors")
    about = {"format": 1, "method": "deep-dual", "backbone": "tiny", "backbone_digest": backbone.digest}
    config = dataclasses.asdict(method.config)
    (tmp_path / "config.json").write_text(json.dumps({**about, "config": config}))
    loaded = load_checkpoint(tmp_path, backbone=backbone)
    assert loaded.modes == ("fine-grained",)
    for name in ("embed_sketches", "embed_photos"):
        assert torch.equal(getattr(loaded.method, name)(pixels()), getattr(method, name)(pixels()))


def test_only_training_passes_the_tower_before_there_are_pictures(backbone):
    passes = []
    backbone.visual.transformer.resblocks[0].register_forward_hook(lambda *_: passes.append(1))
    method = DeepDual.from_config(backbone, dataclasses.asdict(DeepDualConfig()))
    assert not passes
    DeepDualObjective(method, DeepDualTrainConfig(), ["cat", "cow"])
    assert passes
    for name in ("photo_encoder", "sketch_encoder"):
        started = getattr(build(backbone), name).prompts
        assert torch.equal(getattr(method, name).prompts, started) and started.any()


def test_what_makes_no_sense_is_refused(backbone):
    config = dataclasses.asdict(DeepDualConfig())
    assert config["shared"] is False
    for wrong in (
        {"mode": "both"},
        {"start": "0"},
        {"prompts": -1},
        {"depth": 0},
        {"layout_weight": 0.0},
        {"layout": -1},
    ):
        with pytest.raises(CheckpointError, match="makes no sense"):
            DeepDual.from_config(backbone, {**config, **wrong})
    with pytest.raises(CheckpointError, match="missing keys"):
        DeepDual.from_config(backbone, {"mode": "category"})
    with pytest.raises(BackboneError, match="has 3 layers"):
        DeepDual.from_config(backbone, {**config, "depth": 4})
