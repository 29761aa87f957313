"""The same weights with other settings."""

import json
import shutil
from pathlib import Path

import pytest
import torch

import zsbir
from zsbir.checkpoint import load_checkpoint
from zsbir.training.derive import derive, main


@pytest.fixture
def trained(tmp_path):
    """The bundled checkpoint, in a folder of its own."""
    bundled = Path(zsbir.__file__).parents[1] / "checkpoints" / "deep-dual-fine-grained"
    return Path(shutil.copytree(bundled, tmp_path / "deep-dual-fine-grained"))


def test_weights_stay_and_settings_change(trained, tmp_path):
    out = tmp_path / "deep-dual-category"
    derive(trained, "category", {"layout_weight": 0.25}, out)
    before, after = (load_checkpoint(folder, device="cpu") for folder in (trained, out))
    assert after.modes == ("category",) and before.modes == ("fine-grained",)
    assert after.method.config.layout_weight == 0.25
    assert after.digest != before.digest  # an index of the one is none of the other
    states = before.method.state_dict(), after.method.state_dict()
    assert all(torch.equal(states[0][name], tensor) for name, tensor in states[1].items())
    assert json.loads((out / "results.json").read_text())["derived"]["from"] == "deep-dual-fine-grained"
    assert "The weights of a run named `deep-dual-fine-grained`" in (out / "README.md").read_text()


def test_settings_that_the_method_does_not_know_are_refused(trained, tmp_path, capsys):
    words = [str(trained), "--mode", "category", "--set", "windows=true", "--out", str(tmp_path / "x")]
    assert main(words) == 2
    assert "windows" in capsys.readouterr().err
