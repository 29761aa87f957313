"""Real CLIP, as a user starts it: `python app.py --backbone MODEL --pretrained WEIGHTS`, then offline.

The weights are random, in the architecture and the layout of OpenAI's ViT-B/32 on the Hub.
"""

import contextlib
import dataclasses
import json
import signal
import subprocess
import sys
import time

import pytest
from gradio_client import Client
from safetensors.torch import save

from tests.hub.machine import ROOT
from tests.space.running import TRIANGLE, free_port
from tests.zoo import save_zoo
from zsbir.backbone.hub import PINNED
from zsbir.backbone.torchvision_shim import import_torchvision
from zsbir.gallery import create_gallery

REPO = "timm/vit_base_patch32_clip_224.openai"
LIMIT = 150


@pytest.fixture
def b32(hub):
    """The repository, at the commit that zsbir pins; half precision, to spare memory and time."""
    import_torchvision()
    import open_clip

    name = "ViT-B-32-quickgelu"
    model = open_clip.create_model(name)
    config = {
        "model_cfg": open_clip.get_model_config(name),
        "preprocess_cfg": {
            "mean": open_clip.OPENAI_DATASET_MEAN,
            "std": open_clip.OPENAI_DATASET_STD,
        },
    }
    weights = save({key: value.half().contiguous() for key, value in model.state_dict().items()})
    repo = hub.model(REPO)
    repo.commit({"open_clip_config.json": json.dumps(config), "open_clip_model.safetensors": weights})
    repo.commits[PINNED[REPO]] = dataclasses.replace(repo.find("main"), hash=PINNED[REPO])
    return repo


@pytest.fixture
def variables(tmp_path, monkeypatch):
    """A gallery of seven photos in place of the bundled one."""
    found = {"ZSBIR_GALLERIES": str(tmp_path / "galleries"), "ZSBIR_CACHE": str(tmp_path / "cache")}
    for name, value in found.items():
        monkeypatch.setenv(name, value)
    save_zoo(tmp_path / "photos")
    create_gallery("zoo", tmp_path / "photos")
    return found


@contextlib.contextmanager
def app(machine, log, **variables):
    """Serve the page by the command of the README, and end it by Ctrl-C."""
    port = str(free_port())
    command = [*("app.py", "--backbone", "ViT-B-32-quickgelu", "--pretrained", "openai"), "--gallery", "zoo"]
    with open(log, "w") as output:
        process = subprocess.Popen(
            [sys.executable, *command, "--port", port, "--device", "cpu"],
            cwd=ROOT,
            env=machine.environment | variables,
            stdout=output,
            stderr=subprocess.STDOUT,
            # Tests that a script started in the background ignore Ctrl-C, and so would the app.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        try:
            limit = time.monotonic() + LIMIT
            while "zsbir is at" not in log.read_text():
                assert process.poll() is None and time.monotonic() < limit, log.read_text()
                time.sleep(0.1)
            yield Client(f"http://127.0.0.1:{port}/", verbose=False)
            process.send_signal(signal.SIGINT)
            assert process.wait(60) == 0, log.read_text()
        finally:
            process.kill()


@pytest.mark.slow
def test_a_user_draws_with_real_clip_first_with_and_then_without_a_network(
    hub, b32, machine, variables, tmp_path
):
    log = tmp_path / "log"
    with app(machine, log, **variables, HF_HUB_DISABLE_PROGRESS_BARS="0") as client:
        first = client.predict(drawing=TRIANGLE, top_k=7, api_name="/search")
    assert first["checkpoint"] == "ViT-B-32-quickgelu/openai"
    assert len(first["photos"]) == first["searched"] == 7
    told = log.read_text()
    assert f"Downloading ViT-B-32-quickgelu/openai@{PINNED[REPO]}" in told and "7/7" in told
    assert len(hub.asked("GET /storage")) == 1
    hub.requests.clear()
    with app(machine, log, **variables, HF_ENDPOINT="http://127.0.0.1:9", HF_HUB_OFFLINE="1") as client:
        again = client.predict(drawing=TRIANGLE, top_k=7, api_name="/search")
    assert again["photos"] == first["photos"]
    assert hub.requests == [] and "Downloading" not in log.read_text() and "7/7" not in log.read_text()
