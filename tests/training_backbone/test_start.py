"""What training starts from: the image tower, the names, the targets, the schedule."""

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from tests.training_backbone.kit import SMALL
from zsbir.backbone.torchvision_shim import import_torchvision
from zsbir.errors import BackboneError
from zsbir.training.backbone.config import BackboneConfig
from zsbir.training.backbone.image_stage import schedule, smooth_targets
from zsbir.training.backbone.model import build_model, start_image_tower
from zsbir.training.backbone.targets import make_bank, read_clip_names


def test_the_start_tower_computes_what_timm_computes(tmp_path):
    import_torchvision()
    import timm

    torch.manual_seed(1)
    theirs = timm.models.VisionTransformer(
        img_size=32, patch_size=16, embed_dim=64, depth=2, num_heads=1
    ).eval()
    for parameter in theirs.parameters():
        torch.nn.init.normal_(parameter, std=0.05)
    save_file(
        {key: value.contiguous() for key, value in theirs.state_dict().items()}, tmp_path / "vit.safetensors"
    )
    ours = build_model(SMALL).visual.eval()
    rows = start_image_tower(ours, tmp_path / "vit.safetensors")
    pixels = torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        expected = theirs.forward_head(theirs.forward_features(pixels), pre_logits=True) @ ours.proj
        assert torch.allclose(ours(pixels), expected, atol=1e-4)
    assert torch.equal(rows, theirs.head.weight)


def test_start_weights_of_another_size_are_refused(tmp_path):
    save_file({"cls_token": torch.zeros(1, 1, 8)}, tmp_path / "vit.safetensors")
    with pytest.raises(BackboneError, match="does not fit"):
        start_image_tower(build_model(SMALL).visual, tmp_path / "vit.safetensors")


def test_clip_names_are_centred_and_spellings_averaged(tmp_path):
    raw = np.eye(4, dtype=np.float32) + 5  # cosines near 1, as CLIP's are
    np.savez(
        tmp_path / "names.npz",
        names=np.array(["hot air balloon", "hot-air_balloon", "cat", "dog"]),
        embeddings=raw,
    )
    names = read_clip_names(tmp_path / "names.npz")
    assert set(names) == {"hot_air_balloon", "cat", "dog"}
    assert torch.allclose(torch.stack(list(names.values())).norm(dim=-1), torch.ones(3))
    assert names["cat"] @ names["dog"] < 0


def test_known_names_stay_fixed_and_unknown_ones_learn():
    clip = {"cat": torch.eye(4)[0], "dog": torch.eye(4)[1]}
    classifier = {
        "cat": torch.tensor([1.0, 0, 0]),
        "dog": torch.tensor([0, 1.0, 0]),
        "wolf": torch.tensor([0.1, 1, 0]),
    }
    made = make_bank(["wolf", "cat_flap", "thing"], clip, classifier, seed=0)
    vectors = made()
    assert made.names == ["cat", "cat_flap", "dog", "thing", "wolf"]
    assert torch.equal(vectors[made.rows["cat"]], clip["cat"])
    assert vectors[made.rows["wolf"]] @ clip["dog"] > vectors[made.rows["wolf"]] @ clip["cat"]
    vectors.sum().backward()
    moved = made.learnt.grad.abs().sum(-1) > 0
    assert moved.tolist() == [False, True, False, True, True]


def test_smoothing_keeps_a_distribution_and_prefers_similar_names():
    vectors = torch.nn.functional.normalize(torch.tensor([[1.0, 0, 0], [0.9, 0.1, 0], [0, 0, 1]]), dim=-1)
    target = torch.tensor([[1.0, 0, 0]])
    smooth = smooth_targets(target, vectors, 0.2)
    assert smooth.sum().item() == pytest.approx(1)
    assert smooth[0, 0] > 0.8 and smooth[0, 1] > smooth[0, 2]
    assert torch.equal(smooth_targets(target, vectors, 0.0), target)


def test_the_schedule_by_hand():
    assert [schedule(step, 100, 10) for step in (0, 9)] == [0.1, 1.0]
    assert schedule(55, 100, 10) == pytest.approx(0.01 + 0.99 * 0.5)
    assert schedule(100, 100, 10) == pytest.approx(0.01)


def test_shares_and_sides_are_checked():
    with pytest.raises(ValueError, match="add up"):
        BackboneConfig(photo_share=0.9)
    with pytest.raises(ValueError, match="multiple"):
        BackboneConfig(side=100)
