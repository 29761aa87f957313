"""The same weights with other settings."""

import json
import shutil
from pathlib import Path

import pytest
import torch

import zsbir
from zsbir.checkpoint import load_checkpoint
from zsbir.errors import CheckpointError
from zsbir.training.derive import derive, main


@pytest.fixture
def trained(tmp_path):
    """The bundled checkpoint, in a folder of its own."""
    bundled = Path(zsbir.__file__).parents[1] / "checkpoints" / "deep-dual-fine-grained"
    return Path(shutil.copytree(bundled, tmp_path / "deep-dual-fine-grained"))


def contents(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}


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
    card = (out / "README.md").read_text()
    assert card.startswith("---\nlicense:") and "\n# deep-dual-category\n" in card
    assert "The weights of a run named `deep-dual-fine-grained`" in card
    assert {path.name for path in tmp_path.iterdir()} == {trained.name, out.name}  # and no draft


def test_what_was_derived_twice_tells_both_changes(trained, tmp_path):
    trained = trained.rename(tmp_path / "mine")  # the card's title is no longer the folder's name
    derive(trained, "category", {"layout_weight": 0.25}, tmp_path / "first")
    derive(tmp_path / "first", "fine-grained", {"layout_weight": 0.75}, tmp_path / "second")
    told = json.loads((tmp_path / "second" / "results.json").read_text())["derived"]
    assert (told["from"], told["mode"], told["changes"]) == ("first", "fine-grained", {"layout_weight": 0.75})
    assert (told["before"]["from"], told["before"]["changes"]) == ("mine", {"layout_weight": 0.25})
    card = (tmp_path / "second" / "README.md").read_text()
    assert "\n# second\n" in card and "`first`" in card and "`mine`" in card
    assert load_checkpoint(tmp_path / "second", device="cpu").method.config.layout_weight == 0.75


def test_weights_alone_are_enough(trained, tmp_path):
    for name in ("results.json", "README.md", "curves.png"):
        (trained / name).unlink()
    derive(trained, "category", {}, tmp_path / "out")
    assert set(contents(tmp_path / "out")) == {"config.json", "model.safetensors"}


@pytest.mark.parametrize("content", ["{", "[]", "3"])
def test_results_that_are_none_are_refused_before_anything_is_written(trained, tmp_path, content):
    (trained / "results.json").write_text(content)
    with pytest.raises(CheckpointError, match=r"results\.json cannot be read"):
        derive(trained, "category", {}, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("windows=true", "unknown or missing keys ['windows']"),
        ("layout=4", "does not fit its config"),
        ("layout_weight=2", "layout_weight must lie between 0 and 1"),
        ("layout_weight", "--set takes NAME=VALUE, such as layout_weight=0.1, not 'layout_weight'"),
    ],
)
def test_settings_that_make_no_checkpoint_change_nothing(trained, tmp_path, capsys, setting, words):
    """Neither a new folder is left half written, nor is the checkpoint in an old one lost."""
    old = tmp_path / "old"
    derive(trained, "category", {}, old)
    before = contents(old)
    for out in (tmp_path / "new", old):
        assert main([str(trained), "--mode", "category", "--set", setting, "--out", str(out)]) == 2
        error = capsys.readouterr().err
        assert words in error and error.startswith("zsbir: ") and error.count("\n") == 1
    assert {path.name for path in tmp_path.iterdir()} == {trained.name, "old"}
    assert contents(old) == before


def test_a_checkpoint_is_not_replaced_by_what_is_derived_from_it(trained):
    before = contents(trained)
    with pytest.raises(CheckpointError, match="would replace what it is derived from"):
        derive(trained, "category", {}, trained.parent / "." / trained.name)
    assert contents(trained) == before


def test_a_place_that_cannot_be_written_is_told(trained, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CheckpointError, match="cannot be written"):
        derive(trained, "category", {}, tmp_path / "file" / "out")
