"""Weights of the Hub: no network, a dead one, the cache, pinned commits."""

import socket
import subprocess
import sys
import threading
import time

import pytest

from zsbir.backbone import load_backbone
from zsbir.errors import HubError


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
