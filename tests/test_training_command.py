"""The training command: what it writes, how presets and options meet, mistakes in one sentence."""

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.pairs import save_pairs
from tests.two_processes import train_by_hand
from zsbir.backbone import load_backbone
from zsbir.checkpoint import load_checkpoint
from zsbir.data import open_dataset
from zsbir.errors import BackboneError, CheckpointError
from zsbir.training.__main__ import main
from zsbir.training.methods import OBJECTIVES, run
from zsbir.training.methods.backbones import is_random, open_backbone
from zsbir.training.methods.config import TrainConfig
from zsbir.training.methods.curves import draw_curves
from zsbir.training.methods.history import History
from zsbir.training.state import load_notes


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    return save_pairs(tmp_path_factory.mktemp("data") / "pairs", instances=4, sketches=2)


def command(pairs, backbone, out, *options, method="clip-at", mode="category"):
    small = ["--steps", "3", "--batch", "4", "--variants", "1", "--held-out-categories", "1"]
    where = ["--data", str(pairs), "--backbone", str(backbone), "--out", str(out), "--state", f"{out}-state"]
    return main([method, "--mode", mode, "--device", "cpu", *where, *small, *options])


@pytest.mark.parametrize("method", list(OBJECTIVES))
def test_a_command_writes_a_checkpoint_that_loads(pairs, tiny_folder, tmp_path, method):
    mode = "fine-grained"
    out = tmp_path / f"{method}-{mode}"
    assert command(pairs, tiny_folder, out, method=method, mode=mode) == 0
    results = json.loads((out / "results.json").read_text())
    assert results["method"] == method
    assert results["dev"].keys() == results["plain"].keys()
    assert results["steps"] == {"made": 3, "planned": 3, "best": 3}
    assert f"# {method}-{mode}" in (out / "README.md").read_text()
    backbone = load_backbone(tiny_folder, device="cpu")
    checkpoint = load_checkpoint(out, backbone=backbone)
    assert checkpoint.modes == (mode,)
    selection = run.select([open_dataset(pairs)], TrainConfig(mode=mode, held_out_categories=1))
    trials = run.load_trials(selection, backbone.preprocess.side, mode)
    measured = run.measure(checkpoint.method, trials, mode)
    assert measured == pytest.approx(results["dev"])  # what was reported is what was written


def test_settings_that_changed_are_not_mixed(pairs, tiny_folder, tmp_path, capsys):
    assert command(pairs, tiny_folder, tmp_path / "out") == 0
    assert command(pairs, tiny_folder, tmp_path / "out", "--margin", "0.5") == 2
    assert "begun with other settings (margin)" in capsys.readouterr().err
    assert command(pairs, tiny_folder, tmp_path / "out", "--max-minutes", "3") == 0


def test_mistakes_are_told_in_one_sentence(pairs, tiny_folder, tmp_path, capsys):
    for options, words in (
        (("--mode", "both"), "mode must be one of"),
        (("--sampler", "pk", "--per-class", "3"), "needs per_class to divide it"),
        (("--benchmark", "imaginary"), "no benchmark split"),
        (("--held-out-categories", "-1"), "held_out_categories must be at least 0, not -1"),
        (("--limit", "1"), "--limit 1 leaves no other"),
        (("--lr", "1e38"), "lr must be at least 0 and at most 1, not 1e+38"),
        (("--template", "a photo"), "template must have one {} for the category"),
        (("--prompts", str(10**12)), "it needs a whole number up to 10000"),
        (("--out", str(pairs / "manifest.csv" / "x")), "No checkpoint can be written to"),
        (("--backbone", "random:coca_ViT-B-32"), "'coca_ViT-B-32' is no vision transformer of open_clip's"),
        (("--backbone", "random:roberta-ViT-B-32"), "its config has hf_model_name"),
        (("--data", str(tmp_path / "nowhere")), "no dataset at"),
        (("--backbone", "imaginary"), "no backbone"),
    ):
        assert command(pairs, tiny_folder, tmp_path / words.replace(" ", "_"), *options) == 2
        error = capsys.readouterr().err
        assert words in error and error.startswith("zsbir: ") and error.count("\n") == 1


def test_too_few_pictures_to_hold_any_out_are_told(tiny_folder, tmp_path, capsys):
    folder = save_pairs(tmp_path / "few", ("fan", "camel"), instances=2, dev=0)
    assert command(folder, tiny_folder, tmp_path / "out") == 2
    assert "Nothing is held out" in capsys.readouterr().err


def test_other_pictures_or_processes_are_not_mixed(pairs, tiny_folder, tmp_path, capsys, monkeypatch):
    data = save_pairs(tmp_path / "pairs", instances=4)
    assert command(data, tiny_folder, tmp_path / "out") == 0
    (data / "manifest.csv").write_text((data / "manifest.csv").read_text().rpartition("sketch/")[0])
    assert command(data, tiny_folder, tmp_path / "out") == 2
    assert "begun with other settings (selected_files)" in capsys.readouterr().err
    assert command(data, tiny_folder, tmp_path / "out", "--allow-changes") == 0
    settings = json.loads((tmp_path / "out-state" / "config.json").read_text())
    assert settings["processes"] == 1 and settings["selected_files"].startswith("sha256:")


@pytest.mark.parametrize(("options", "epoch"), [((), 10), (("--steps-per-epoch", "4"), 4)])
def test_the_hours_are_those_of_the_whole_recipe(pairs, tiny_folder, tmp_path, options, epoch):
    """5 categories x 4 instances x 2 sketches, 4 a step: neither --steps nor --limit make it shorter."""
    data = save_pairs(tmp_path / "pairs", dev=0)
    few = ("--limit", "8", "--epochs", "100000", "--preset", "paper", *options)
    assert command(data, tiny_folder, tmp_path / "out", *few) == 0
    speed = json.loads((tmp_path / "out" / "results.json").read_text())["speed"]
    expected = speed["seconds_per_step"] * 100_000 * epoch / 3600
    assert speed["hours_planned"] == pytest.approx(expected, rel=0.01)


def test_a_random_backbone_leaves_no_checkpoint(pairs, tmp_path, monkeypatch):
    import open_clip

    from tests.conftest import TINY

    monkeypatch.setattr(open_clip, "get_model_config", lambda name: TINY if name == "tiny" else None)
    assert is_random(open_backbone("random:tiny", "cpu"))
    assert command(pairs, "random:tiny", tmp_path / "out") == 0
    assert not (tmp_path / "out").exists()
    results = json.loads((tmp_path / "out-state" / "results.json").read_text())
    assert results["backbone"] == "random:tiny"
    assert results["speed"]["seconds_per_step"] > 0
    with pytest.raises(BackboneError, match="no vision transformer"):
        open_backbone("random:imaginary", "cpu")


def test_a_checkpoint_on_a_backbone_of_the_hub_finds_it_again(pairs, tiny_folder, tmp_path, monkeypatch):
    tiny = dataclasses.replace(load_backbone(tiny_folder, device="cpu"), name="ViT-B-32-quickgelu/openai")
    monkeypatch.setattr(run, "open_backbone", lambda name, device, seed: tiny)
    options = ("--preset", "tiny", "--steps", "1")
    assert command(pairs, "ViT-B-32-quickgelu/openai", tmp_path / "out", *options) == 0
    asked = []

    def from_hub(name, pretrained=None, **options):
        asked.append((name, pretrained))
        return tiny

    monkeypatch.setattr("zsbir.backbone.shared_backbone", from_hub)
    assert load_checkpoint(tmp_path / "out").method.backbone is tiny
    assert asked == [("ViT-B-32-quickgelu", "openai")]


def test_a_checkpoint_refuses_another_backbone(pairs, tiny_folder, tmp_path, tiny_clip):
    assert command(pairs, tiny_folder, tmp_path / "out") == 0
    other = dataclasses.replace(load_backbone(tiny_folder, device="cpu"), digest="sha256:other")
    with pytest.raises(CheckpointError, match="was trained on"):
        load_checkpoint(tmp_path / "out", backbone=other)


def test_curves_are_drawn(tmp_path):
    pytest.importorskip("matplotlib")
    history = History()
    for step in (1, 2):
        history.add({"triplet": 0.3 / step})
        history.close(step)
        history.look(step, {"dev": 0.1 * step, "seen/mAP@all": 0.2, "transfer/mAP@all": 0.1 * step})
    plain = {"dev": 0.1, "seen/mAP@all": 0.1, "transfer/mAP@all": 0.1}
    assert draw_curves(tmp_path / "curves.png", history, plain, "a run")
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")


def in_two_processes(words):
    done = subprocess.run(
        f"{sys.executable} -m torch.distributed.run --standalone --nproc_per_node 2 -m {words}".split(),
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.slow
def test_two_processes_write_one_checkpoint(pairs, tiny_folder, tmp_path):
    where = f"clip-at --data {pairs} --backbone {tiny_folder} --out {tmp_path}/out --state {tmp_path}/state"
    small = "--steps 2 --batch 4 --held-out-categories 1 --device cpu"
    in_two_processes(f"zsbir.training {where} {small}")
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    assert results["speed"]["processes"] == 2
    assert results["speed"]["pictures_per_step"] == 24
    assert load_notes(tmp_path / "state" / "state.safetensors")["dev"][0][0] == 2
    assert json.loads((tmp_path / "state" / "config.json").read_text())["processes"] == 2


@pytest.mark.slow
def test_two_processes_learn_as_one_that_averages_their_gradients(pairs, tiny_folder, tmp_path):
    """Each draws triplets of its own, so without the average they would end apart."""
    in_two_processes(f"tests.two_processes {pairs} {tiny_folder} {tmp_path}")
    first, second = (load_file(tmp_path / f"{rank}.safetensors") for rank in range(2))
    expected = train_by_hand(pairs, tiny_folder, 2)
    alone = train_by_hand(pairs, tiny_folder, 1)
    assert first.keys() == second.keys() == expected.keys()
    assert all(torch.equal(first[key], second[key]) for key in first)
    for key, value in expected.items():
        assert torch.allclose(first[key], value, atol=1e-4), (first[key] - value).abs().max()
    assert not all(torch.allclose(first[key], alone[key], atol=1e-4) for key in first)
