"""Checkpoints: plain CLIP on a tiny backbone, and everything that must be refused."""

import json

import pytest
import torch

from zsbir.checkpoint import list_checkpoints, load_checkpoint
from zsbir.errors import BackboneError, CheckpointError
from zsbir.methods import METHODS, Method, PlainCLIP

CONFIG = {"format": 1, "method": "plain", "backbone": "../tiny", "backbone_digest": None, "config": {}}


@pytest.fixture
def folder(tiny_folder):
    path = tiny_folder.parent / "plain"
    path.mkdir()
    (path / "config.json").write_text(json.dumps(CONFIG))
    return path


def rewrite(folder, **changes):
    (folder / "config.json").write_text(json.dumps(CONFIG | changes))


def test_plain_clip_gives_unit_rows(folder):
    checkpoint = load_checkpoint(folder, device="cpu")
    method = checkpoint.method
    pixels = torch.randn(3, 3, 32, 32)
    sketches, photos = method.embed_sketches(pixels), method.embed_photos(pixels)
    assert sketches.shape == (3, method.dim) == (3, 16)
    assert sketches.dtype == torch.float32
    assert torch.allclose(sketches.norm(dim=-1), torch.ones(3), atol=1e-5)
    assert torch.equal(sketches, photos)
    assert checkpoint.modes == ("category", "fine-grained")
    assert not method.needs_category


def test_nothing_of_the_backbone_is_saved_with_a_method(folder):
    assert load_checkpoint(folder, device="cpu").method.state_dict() == {}


def test_the_digest_pins_the_backbone(folder):
    checkpoint = load_checkpoint(folder, device="cpu")
    assert checkpoint.digest.startswith("sha256:")
    assert load_checkpoint(folder, device="cpu").digest == checkpoint.digest
    rewrite(folder, backbone_digest=checkpoint.method.backbone.digest)
    assert load_checkpoint(folder, device="cpu").digest == checkpoint.digest
    rewrite(folder, backbone_digest="sha256:" + "0" * 64)
    with pytest.raises(CheckpointError, match="was trained on"):
        load_checkpoint(folder, device="cpu")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": 2}, "format 1"),
        ({"method": "clip-bt"}, "clip-bt"),
        ({"more": 1}, "more"),
        ({"config": {"prompts": 3}}, "prompts"),
    ],
)
def test_configs_that_do_not_fit_are_refused(folder, changes, message):
    rewrite(folder, **changes)
    with pytest.raises(CheckpointError, match=message):
        load_checkpoint(folder, device="cpu")


@pytest.mark.parametrize("text", ["", "[1]", "null"])
def test_broken_configs_are_refused(folder, text):
    (folder / "config.json").write_text(text)
    with pytest.raises(CheckpointError):
        load_checkpoint(folder, device="cpu")


def test_a_missing_backbone_is_named(folder):
    rewrite(folder, backbone="gone")
    with pytest.raises(BackboneError, match="gone"):
        load_checkpoint(folder, device="cpu")


def test_an_unknown_checkpoint_names_the_bundled_ones(folder, monkeypatch):
    monkeypatch.setenv("ZSBIR_CHECKPOINTS", str(folder.parent))
    assert list_checkpoints() == ["plain"]
    with pytest.raises(CheckpointError, match="bundled are: plain"):
        load_checkpoint("../nowhere")


def test_the_registry_holds_methods_by_their_own_names():
    assert all(issubclass(method, Method) and method.name == name for name, method in METHODS.items())


def test_an_unknown_mode_is_refused():
    with pytest.raises(ValueError, match="both"):
        PlainCLIP(None, mode="coarse")
