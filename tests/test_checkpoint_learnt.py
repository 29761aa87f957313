"""Checkpoints that have learnt something: their weights, their digests, and the towers they belong to."""

import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.untrained import rewrite as change_config
from tests.untrained import save_clip_at, save_method, save_plain
from zsbir.backbone import load_backbone
from zsbir.checkpoint import load_checkpoint
from zsbir.errors import CheckpointError
from zsbir.methods.dp_clip import DPCLIP, DPCLIPConfig


@pytest.fixture
def learnt(tiny_folder):
    return save_clip_at(tiny_folder, "category")


def change_weights(folder, change):
    weights = load_file(folder / "model.safetensors")
    change(weights)
    save_file(weights, folder / "model.safetensors")


def test_learnt_weights_are_loaded(learnt):
    checkpoint = load_checkpoint(learnt, device="cpu")
    saved = load_file(learnt / "model.safetensors")
    loaded = checkpoint.method.state_dict()
    assert loaded.keys() == saved.keys()
    assert all(torch.equal(loaded[key], saved[key]) for key in saved)
    assert checkpoint.modes == ("category",)
    assert not any(parameter.requires_grad for parameter in checkpoint.method.parameters())
    assert checkpoint.learnt == sum(tensor.numel() for tensor in saved.values())
    assert checkpoint.memory == 4 * checkpoint.learnt


def test_the_digest_names_what_was_learnt(learnt, tiny_folder):
    other = save_clip_at(tiny_folder, "category", "other", seed=1)
    first, second = (load_checkpoint(folder, device="cpu") for folder in (learnt, other))
    assert first.method.backbone is second.method.backbone
    assert first.digest != second.digest


def test_another_backbone_is_refused(learnt, tiny_folder):
    state = load_file(tiny_folder / "model.safetensors")
    save_file({key: value + 0.1 for key, value in state.items()}, tiny_folder / "model.safetensors")
    with pytest.raises(
        CheckpointError, match=r"clip-at-category was trained on ../tiny sha256:\w+, and the back"
    ):
        load_checkpoint(learnt, device="cpu")


def test_a_learnt_checkpoint_names_its_backbone(learnt):
    change_config(learnt, backbone_digest=None)
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(learnt, device="cpu")
    assert str(caught.value) == (
        "clip-at-category does not say which backbone it was trained on; train or download it again."
    )


@pytest.mark.parametrize("precision", ["fp16", "bf16"])
def test_the_digest_does_not_depend_on_the_number_format(learnt, tiny_folder, precision):
    """An index made on the CPU in single precision is searched on a GPU in half precision."""
    cast = load_backbone(tiny_folder, device="cpu", precision=precision)
    for path in (learnt, save_plain(tiny_folder)):
        single, half = load_checkpoint(path, device="cpu"), load_checkpoint(path, backbone=cast)
        assert half.digest == single.digest
    dtypes = {parameter.dtype for parameter in load_checkpoint(learnt, backbone=cast).method.parameters()}
    assert dtypes == {cast.dtype}


def test_the_digest_names_the_method_s_choices(tiny_folder, dp_clip):
    before = load_checkpoint(dp_clip, device="cpu").digest
    choices = json.loads((dp_clip / "config.json").read_text())["config"]
    change_config(dp_clip, config=choices | {"local_weight": 0.5})
    assert load_checkpoint(dp_clip, device="cpu").digest != before


# Which towers: DP-CLIP reads the category's name, CLIP-AT reads nothing


@pytest.fixture
def dp_clip(tiny_folder):
    return save_dp_clip(tiny_folder, "dp-clip-fine-grained")


def save_dp_clip(backbone, name, **choices):
    method = DPCLIP(load_backbone(backbone, device="cpu"), DPCLIPConfig(rank=2, **choices))
    return save_method(method, backbone.parent / name)


def change_tower(tiny_folder, name):
    state = load_file(tiny_folder / "model.safetensors")
    state[name] += 0.1
    save_file(state, tiny_folder / "model.safetensors")


def test_another_text_tower_is_refused_where_texts_are_read(tiny_folder, dp_clip, learnt):
    silent = save_dp_clip(tiny_folder, "silent", text_scales=False)
    load_checkpoint(dp_clip, device="cpu")
    before = {path: load_checkpoint(path, device="cpu").digest for path in (learnt, silent)}
    change_tower(tiny_folder, "text_projection")
    with pytest.raises(CheckpointError, match="dp-clip-fine-grained was trained on"):
        load_checkpoint(dp_clip, device="cpu")
    assert {path: load_checkpoint(path, device="cpu").digest for path in before} == before


def test_another_image_tower_is_refused_where_texts_are_read(tiny_folder, dp_clip):
    change_tower(tiny_folder, "visual.proj")
    with pytest.raises(CheckpointError, match="was trained on"):
        load_checkpoint(dp_clip, device="cpu")


PROMPTS = "photo_encoder.prompts"


@pytest.mark.parametrize(
    ("change", "trouble"),
    [
        (lambda w: w.pop(PROMPTS), f"it lacks {PROMPTS}. Down"),
        (lambda w: [w.pop(key) for key in list(w)[:4]], "it lacks .* and 3 more. Down"),
        (lambda w: w.update(extra=torch.zeros(1)), "it has the unknown extra. Down"),
        (lambda w: w.update({PROMPTS: torch.zeros(3, 32)}), r"of shape \(3, 32\) instead of \(2, 32\). Down"),
        (lambda w: w[PROMPTS].fill_(float("nan")), f"not all numbers are finite in {PROMPTS}. Down"),
        (lambda w: w.update(more=w.pop(PROMPTS)), f"it lacks {PROMPTS}; it has the unknown more. Down"),
    ],
)
def test_weights_that_do_not_fit_are_told_in_a_sentence(learnt, change, trouble):
    change_weights(learnt, change)
    with pytest.raises(CheckpointError, match=trouble) as caught:
        load_checkpoint(learnt, device="cpu")
    assert str(caught.value).startswith("clip-at-category/model.safetensors does not fit its config: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kept", [0, 5, 2000, -1])
def test_truncated_weights_are_told_in_a_sentence(learnt, kept):
    content = (learnt / "model.safetensors").read_bytes()
    (learnt / "model.safetensors").write_bytes(content[:kept])
    with pytest.raises(CheckpointError, match=r"^clip-at-category/model.safetensors is damaged .* again\.$"):
        load_checkpoint(learnt, device="cpu")


def test_missing_weights_are_told_in_a_sentence(learnt):
    (learnt / "model.safetensors").unlink()
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(learnt, device="cpu")
    assert str(caught.value) == "clip-at-category has no model.safetensors. Download it again."


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": 2}, "is of format 2 and comes from a newer zsbir; this one reads format 1. Update zsbir"),
        ({"format": 0}, "comes from an older zsbir"),
        ({"format": "1"}, "names no format"),
        (
            {"method": "clip-bt"},
            r"of the method 'clip-bt', which this zsbir does not know; it has \['clip-at'",
        ),
        (
            {"config": {"mode": "category", "prompts": 2, "prompt_std": 1.0, "depth": 9}},
            r"unknown .*\['depth'\]",
        ),
        (
            {"config": {"mode": "category"}},
            r"^clip-at-category cannot be built\. .*\['prompt_std', 'prompts'\]",
        ),
        ({"config": {"mode": "exact", "prompts": 2, "prompt_std": 1.0}}, "makes no sense"),
        ({"config": 3}, "has 3 as 'config', which makes no sense"),
        ({"backbone": None}, "has None as 'backbone', which makes no sense"),
        ({"method": ["clip-at"]}, "which makes no sense"),
        ({"backbone_digest": 7}, "which makes no sense"),
    ],
)
def test_configs_of_learnt_checkpoints_that_do_not_fit(learnt, changes, message):
    change_config(learnt, **changes)
    with pytest.raises(CheckpointError, match=message):
        load_checkpoint(learnt, device="cpu")
