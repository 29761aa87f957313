"""The frozen CLIP: parity with open_clip, slow twins of the prompted passes, and strict loading."""

import json
import socket
import subprocess
import sys
import threading
import time

import pytest
import torch
from safetensors.torch import load_file, save_file

from zsbir.backbone import choose_device, load_backbone
from zsbir.backbone.inside import encode_pixels, encode_tokens
from zsbir.errors import BackboneError, HubError


def slow_prompted(visual, pixels, layers):
    """Class token, patches, prompts, ln_pre, the blocks; deep prompts are replaced before a block."""
    patches = visual.conv1(pixels).flatten(2).transpose(1, 2)
    first = visual.class_embedding.expand(len(pixels), 1, -1)
    image = torch.cat([first, patches], dim=1) + visual.positional_embedding
    learnt = [layer.expand(len(pixels), -1, -1) for layer in layers]
    tokens = visual.ln_pre(torch.cat([image, learnt[0]], dim=1))
    for depth, block in enumerate(visual.transformer.resblocks):
        if 0 < depth < len(learnt):
            tokens = torch.cat([tokens[:, : image.shape[1]], learnt[depth]], dim=1)
        tokens = block(tokens)
    return visual.ln_post(tokens[:, 0]) @ visual.proj


def test_no_prompts_equal_open_clip_exactly(tiny_folder, tiny_clip):
    backbone = load_backbone(tiny_folder, device="cpu")
    pixels = torch.randn(3, 3, 32, 32)
    with torch.no_grad():
        assert torch.equal(backbone.encode_image(pixels), tiny_clip.encode_image(pixels))


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_prompts_match_the_slow_way(tiny_clip, layers):
    pixels, prompts = torch.randn(2, 3, 32, 32), torch.randn(layers, 4, 32)
    with torch.no_grad():
        fast = encode_pixels(tiny_clip.visual, pixels, prompts)
        assert torch.allclose(fast, slow_prompted(tiny_clip.visual, pixels, prompts), atol=1e-5)


def test_shallow_prompts_are_deep_prompts_of_one_layer(tiny_clip):
    pixels, prompts = torch.randn(2, 3, 32, 32), torch.randn(4, 32)
    with torch.no_grad():
        shallow, deep = (encode_pixels(tiny_clip.visual, pixels, p) for p in (prompts, prompts[None]))
    assert torch.equal(shallow, deep)


def test_prompts_change_the_features(tiny_clip):
    pixels = torch.randn(2, 3, 32, 32)
    with torch.no_grad():
        plain, prompted = (
            tiny_clip.encode_image(pixels),
            encode_pixels(tiny_clip.visual, pixels, torch.randn(4, 32)),
        )
    assert not torch.allclose(plain, prompted, atol=1e-3)


def test_cropped_texts_match_the_whole_context(tiny_folder, tiny_clip):
    backbone = load_backbone(tiny_folder, device="cpu")
    texts = ["a cat", "a photo of a hot air balloon", "x"]
    with torch.no_grad():
        cropped = encode_tokens(backbone.model, backbone.tokenizer(texts))
        whole = tiny_clip.encode_text(backbone.tokenizer(texts))
    assert torch.allclose(cropped, whole, atol=1e-5)
    assert torch.allclose(backbone.encode_text(texts), whole, atol=1e-6)


def test_a_backbone_is_frozen_and_knows_its_sizes(tiny_folder):
    backbone = load_backbone(tiny_folder, device="cpu")
    assert (backbone.name, backbone.dim, backbone.preprocess.side) == ("tiny", 16, 32)
    assert not backbone.model.training
    assert not any(parameter.requires_grad for parameter in backbone.model.parameters())


def test_the_digest_follows_the_image_tower_only(tiny_folder):
    before = load_backbone(tiny_folder, device="cpu").digest
    weights = tiny_folder / "model.safetensors"
    state = load_file(weights)
    state["text_projection"] += 1
    save_file(state, weights)
    assert load_backbone(tiny_folder, device="cpu").digest == before
    state["visual.proj"] += 1
    save_file(state, weights)
    assert load_backbone(tiny_folder, device="cpu").digest != before


def test_truncated_weights_are_refused(tiny_folder):
    weights = tiny_folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(BackboneError, match="damaged"):
        load_backbone(tiny_folder, device="cpu")


@pytest.mark.parametrize("change", ["missing", "extra", "shape"])
def test_weights_of_another_model_are_refused(tiny_folder, change):
    weights = tiny_folder / "model.safetensors"
    state = load_file(weights)
    if change == "missing":
        del state["visual.proj"]
    elif change == "extra":
        state["visual.more"] = torch.zeros(1)
    else:
        state["visual.proj"] = torch.zeros(32, 8)
    save_file(state, weights)
    with pytest.raises(BackboneError, match="do not fit"):
        load_backbone(tiny_folder, device="cpu")


def test_a_folder_without_weights_is_never_random(tiny_folder):
    (tiny_folder / "model.safetensors").unlink()
    (tiny_folder / "pytorch_model.bin").write_bytes(b"pickle")
    with pytest.raises(BackboneError, match="pickled weights are not read"):
        load_backbone(tiny_folder, device="cpu")


@pytest.mark.parametrize("text", ["{", "[]", json.dumps({"model_cfg": {}})])
def test_a_broken_config_is_refused(tiny_folder, text):
    (tiny_folder / "open_clip_config.json").write_text(text)
    with pytest.raises(BackboneError, match="no open_clip config"):
        load_backbone(tiny_folder, device="cpu")


def test_unknown_names_say_what_to_do(tmp_path):
    with pytest.raises(BackboneError, match="ViT-B-32-quickgelu/openai"):
        load_backbone("no-such-backbone", device="cpu")
    with pytest.raises(BackboneError, match="ViT-B-32-quickgelu"):
        load_backbone("no-such-backbone", pretrained="openai", device="cpu")
    with pytest.raises(BackboneError, match=r"it has .*openai"):
        load_backbone("ViT-B-32-quickgelu", pretrained="no-such-weights", device="cpu")


@pytest.mark.parametrize("offline", [True, False])
def test_no_network_is_one_sentence_within_ten_seconds(tmp_path, offline):
    """In a process of its own: huggingface_hub reads its environment when it is imported."""
    with socket.socket() as closed:  # a port that refuses, because nobody listens on it
        closed.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{closed.getsockname()[1]}"
        code = (
            "import time\n"
            "from zsbir.backbone import load_backbone\n"
            "from zsbir.errors import HubError\n"
            "import open_clip.pretrained, huggingface_hub\n"
            "start = time.monotonic()\n"
            "try: load_backbone('ViT-B-32-quickgelu', pretrained='openai', device='cpu')\n"
            "except HubError as error: print(f'{time.monotonic() - start:.1f} {error}')\n"
        )
        prelude = "from zsbir.backbone.torchvision_shim import import_torchvision\nimport_torchvision()\n"
        environment = {"HF_HOME": str(tmp_path), "HF_ENDPOINT": endpoint, "HF_HUB_OFFLINE": str(int(offline))}
        answer = run(prelude + code, environment)
    seconds, _, sentence = answer.partition(" ")
    assert float(seconds) < 10
    assert "hf download timm/vit_base_patch32_clip_224.openai" in sentence
    assert "zsbir-tiny" in sentence


def run(code, environment):
    import os

    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout


def test_a_hub_that_never_answers_is_not_waited_for(tmp_path, monkeypatch):
    from zsbir.backbone import hub

    monkeypatch.setattr(hub, "REACH_SECONDS", 0.2)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        start = time.monotonic()
        with pytest.raises(HubError, match="cannot be reached"):
            hub._require_reachable("user/repo", "file", None)
        assert time.monotonic() - start < 10  # the promise of the page, not a speed


def test_a_dead_name_server_is_not_waited_for(monkeypatch):
    from zsbir.backbone import hub

    asked, never = threading.Event(), threading.Event()

    def look_up(*args, **kwargs):
        asked.set()
        never.wait(30)
        raise OSError("no such name")

    monkeypatch.setattr(hub, "REACH_SECONDS", 0.2)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.invalid")
    with pytest.raises(HubError, match="cannot be reached"):
        hub._require_reachable("user/repo", "file", None)
    assert asked.is_set() and not never.is_set()
    never.set()


PINNED_B32 = "a6f597a30f7b82c51704746581f9a4e41421e878"  # the commit that the code takes unless told another


@pytest.mark.parametrize("revision", ["", "@main", "@" + "0123456789" * 4])
def test_a_hub_model_loads_from_the_cache(tiny_folder, monkeypatch, revision):
    """Everything after the download: names, revision, config, strict weights, digest."""
    from zsbir.backbone import hub
    from zsbir.checkpoint import load_checkpoint

    asked = []

    def fetch(repo, file, pinned):
        asked.append((repo, file, pinned))
        return tiny_folder / {hub.CONFIG: hub.CONFIG, hub.WEIGHTS: "model.safetensors"}[file]

    monkeypatch.setattr(hub, "_fetch", fetch)
    checkpoint = load_checkpoint(f"ViT-B-32-quickgelu/openai{revision}", device="cpu")
    assert {(repo, pinned) for repo, _, pinned in asked} == {
        ("timm/vit_base_patch32_clip_224.openai", revision.lstrip("@") or PINNED_B32)
    }
    assert checkpoint.name == "plain-ViT-B-32-quickgelu-openai"
    assert checkpoint.method.backbone.name == "ViT-B-32-quickgelu/openai"
    assert checkpoint.method.backbone.digest == load_backbone(tiny_folder, device="cpu").digest


def test_half_precision_is_for_cuda_only():
    from zsbir.backbone.load import _dtype

    assert _dtype("auto", torch.device("cuda")) == torch.float16
    assert _dtype("auto", torch.device("cpu")) == _dtype("auto", torch.device("mps")) == torch.float32
    assert _dtype("fp16", torch.device("mps")) == torch.float16


def test_devices():
    assert choose_device("cpu").type == "cpu"
    assert choose_device("auto").type in ("cuda", "mps", "cpu")
    with pytest.raises(BackboneError, match="no device 'tpu'"):
        choose_device("tpu")


def test_precision_is_checked(tiny_folder):
    with pytest.raises(BackboneError, match="precision"):
        load_backbone(tiny_folder, device="cpu", precision="fp64")
