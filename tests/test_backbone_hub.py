"""open_clip's pretrained models from a Hub: names, pinned commits, the cache, no network."""

import dataclasses
import json
import socket

import pytest

from tests.hub.here import settle
from tests.hub.machine import Machine
from tests.hub.server import Hub
from zsbir.backbone import load_backbone, shared_backbone
from zsbir.backbone.hub import PINNED, pretrained_reference
from zsbir.checkpoint import load_checkpoint
from zsbir.errors import BackboneError, CheckpointError, HubError

B32 = "timm/vit_base_patch32_clip_224.openai"
OTHER = "0123456789" * 4


@pytest.fixture
def hub(tmp_path, monkeypatch):
    with Hub() as hub:
        settle(monkeypatch, hub.url, tmp_path / "home")
        yield hub


@pytest.fixture
def files(tiny_folder):
    """A stand-in for real weights, as open_clip's repositories hold them."""
    return {
        "open_clip_config.json": (tiny_folder / "open_clip_config.json").read_bytes(),
        "open_clip_model.safetensors": (tiny_folder / "model.safetensors").read_bytes(),
    }


@pytest.fixture
def b32(hub, files):
    repo = hub.model(B32)
    repo.commit(files)
    for commit in (PINNED[B32], OTHER):
        repo.commits[commit] = dataclasses.replace(repo.find("main"), hash=commit)
    return repo


@pytest.mark.parametrize("revision", ["", "@main", f"@{OTHER}"])
def test_open_clips_weights_are_plain_clip_at_a_commit(hub, b32, tiny_folder, revision):
    name = f"ViT-B-32-quickgelu/openai{revision}"
    checkpoint = load_checkpoint(name, device="cpu")
    commit = {"": PINNED[B32], "@main": b32.head}.get(revision, OTHER)
    assert checkpoint.reference == f"ViT-B-32-quickgelu/openai@{commit}"
    assert checkpoint.name == "plain-ViT-B-32-quickgelu-openai"
    assert checkpoint.method.backbone.name == "ViT-B-32-quickgelu/openai"
    assert checkpoint.method.backbone.digest == load_backbone(tiny_folder, device="cpu").digest
    hub.requests.clear()
    again = load_checkpoint(checkpoint.reference, device="cpu")
    assert (again.digest, again.reference) == (checkpoint.digest, checkpoint.reference)
    assert again.method.backbone is checkpoint.method.backbone
    assert hub.requests == []


def test_a_backbone_repository_is_loaded_by_its_own_name_too(hub, files):
    commit = hub.model("user/tower").commit(files)
    backbone = load_backbone("hf://user/tower", device="cpu")
    assert backbone.name == "tower"
    assert shared_backbone(f"hf://user/tower@{commit}", device="cpu").digest == backbone.digest
    plain = load_checkpoint("user/tower", device="cpu")
    assert (plain.name, plain.reference) == ("tower", f"hf://user/tower@{commit}")
    assert plain.method.backbone.digest == backbone.digest


def test_other_tags_and_models_are_told_apart():
    with pytest.raises(BackboneError, match=r"^open_clip has no weights 'yfcc' for ViT-B-32-quickgelu that"):
        pretrained_reference("ViT-B-32-quickgelu", "yfcc")
    with pytest.raises(BackboneError, match="that zsbir can read from the Hub; it has datacomp1b"):
        pretrained_reference("ViTamin-S", "datacomp1b")  # a pickle by a name of its own
    for model, tag in (("ViT-B-16-SigLIP2", "webli"), ("MobileCLIP2-S0", "dfndr2b"), ("ViT-L-14", "openai"),
                       ("ViT-B-32", "laion2b_s34b_b79k")):  # fmt: skip
        assert pretrained_reference(model, tag).repo.count("/") == 1


def test_pickled_weights_are_not_read(hub, files):
    del files["open_clip_model.safetensors"]
    hub.model("user/old").commit(files | {"open_clip_pytorch_model.bin": b"pickle"})
    with pytest.raises(HubError, match=r"^open_clip_model.safetensors of user/old@\w+ is missing"):
        load_checkpoint("user/old", device="cpu")


def test_weights_swapped_under_the_same_name_are_noticed_by_those_who_learnt_on_them(hub, files, tiny_folder):
    from safetensors.torch import load, save

    from tests.untrained import rewrite, save_clip_at

    hub.model("user/tower").commit(files)
    learnt = save_clip_at(tiny_folder, "category")
    rewrite(learnt, backbone="hf://user/tower")
    load_checkpoint(learnt, device="cpu")
    state = load(files["open_clip_model.safetensors"])
    swapped = {"open_clip_model.safetensors": save({name: value + 0.1 for name, value in state.items()})}
    commit = hub.model("user/tower").commit(swapped)
    rewrite(learnt, backbone=f"hf://user/tower@{commit}")
    with pytest.raises(
        CheckpointError, match=rf"was trained on hf://user/tower@{commit} sha256:\w+, and the b"
    ):
        load_checkpoint(learnt, device="cpu")


def test_no_network_is_one_sentence(tmp_path):
    """In a process of its own, as somebody without a network would meet it."""
    with socket.socket() as closed:  # a port that refuses, because nobody listens on it
        closed.bind(("127.0.0.1", 0))
        machine = Machine(tmp_path, f"http://127.0.0.1:{closed.getsockname()[1]}")
        done = machine.zsbir("search", "no.png", "--checkpoint", "ViT-B-32-quickgelu/openai", "--json")
    assert done.status == 2, done.err
    sentence = json.loads(done.out)["error"]
    assert done.err == f"zsbir: {sentence}\n"
    wanted = f"ViT-B-32-quickgelu/openai@{PINNED[B32]}"
    assert sentence.startswith(f"The Hub cannot be reached for {wanted} ({B32}) (")
    assert f"`python -m zsbir download {wanted}`" in sentence
