"""Training that was interrupted ends where uninterrupted training does, or refuses to go on."""

import dataclasses

import pytest
import torch

from tests.training_backbone.kit import CPU, SMALL, bank, pool
from zsbir.errors import CheckpointError
from zsbir.training.backbone.batches import BatchMaker
from zsbir.training.backbone.image_stage import train_image_tower
from zsbir.training.backbone.model import build_model
from zsbir.training.backbone.text_stage import train_text_tower
from zsbir.training.state import load_notes, load_state, remember_settings, save_state


class RecordingBatches(BatchMaker):
    """Remembers the steps it made, and stops before one of them."""

    def __init__(self, *args, stop=None):
        super().__init__(*args)
        self.made, self.stop = [], stop

    def make(self, step):
        if step == self.stop:
            raise KeyboardInterrupt
        self.made.append(step)
        return super().make(step)


def train(folder, stop=None):
    torch.manual_seed(hash(str(folder)) % 1000)  # whatever the process did before must not matter
    model, names = build_model(SMALL), bank()
    batches = RecordingBatches([pool(["cat", "cup"])], [], names.rows, SMALL, CPU, stop=stop)
    try:
        train_image_tower(model, names, batches, SMALL, folder, CPU)
    except KeyboardInterrupt:
        assert stop is not None
    return batches.made, model.visual.proj.detach(), names.learnt.detach()


def test_an_interrupted_training_ends_where_an_uninterrupted_one_does(tmp_path):
    whole = train(tmp_path / "whole")
    assert train(tmp_path / "parts", stop=3)[0] == [0, 1, 2]
    parts = train(tmp_path / "parts")
    assert parts[0] == [2, 3, 4, 5]  # from the save after the second step
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(whole[1:], parts[1:], strict=True))


def test_other_settings_are_not_resumed_silently(tmp_path):
    path = tmp_path / "state" / "config.json"
    remember_settings(path, dataclasses.asdict(SMALL))
    remember_settings(path, dataclasses.asdict(SMALL))
    with pytest.raises(CheckpointError, match="seed"):
        remember_settings(path, dataclasses.asdict(SMALL) | {"seed": 1})
    remember_settings(path, dataclasses.asdict(SMALL) | {"seed": 1}, allow_changes=True)


def test_a_state_of_another_model_is_refused(tmp_path):
    one, other = torch.nn.Linear(2, 2), torch.nn.Linear(3, 2)
    save_state(tmp_path / "s.safetensors", 5, {"model": one}, torch.optim.AdamW(one.parameters()))
    assert load_state(tmp_path / "s.safetensors", {"model": one}, torch.optim.AdamW(one.parameters())) == 5
    with pytest.raises(CheckpointError, match="another model"):
        load_state(tmp_path / "s.safetensors", {"model": other}, torch.optim.AdamW(other.parameters()))


def test_damaged_files_are_told_in_a_sentence(tmp_path):
    path, model = tmp_path / "s.safetensors", torch.nn.Linear(2, 2)
    save_state(path, 5, {"model": model}, torch.optim.AdamW(model.parameters()), notes={"best": 1})
    assert load_notes(path) == {"best": 1}
    path.write_bytes(path.read_bytes()[:20])
    for load in (lambda: load_notes(path), lambda: load_state(path, {"model": model}, None)):
        with pytest.raises(CheckpointError, match="is damaged; delete it or name another --state"):
            load()
    (tmp_path / "config.json").write_text('{"seed": ')
    with pytest.raises(CheckpointError, match="is damaged; delete it or name another --state"):
        remember_settings(tmp_path / "config.json", {"seed": 1})
    assert {file.name for file in tmp_path.iterdir()} == {"s.safetensors", "config.json"}


def test_a_text_tower_that_goes_on_leaves_the_image_tower_alone(tmp_path):
    """The image tower may have been trained further after the text stage was interrupted."""
    model = build_model(SMALL)
    train_text_tower(model, bank(), [], dataclasses.replace(SMALL, text_steps=1), tmp_path, CPU)
    with torch.no_grad():
        model.visual.proj.fill_(7.0)
    train_text_tower(model, bank(), [], dataclasses.replace(SMALL, text_steps=2), tmp_path, CPU)
    assert (model.visual.proj == 7).all()


def test_the_softmax_stays_soft(tmp_path):
    model = build_model(SMALL)
    model.logit_scale.data.fill_(5.0)
    batches = BatchMaker([pool(["cat", "cup"])], [], bank().rows, SMALL, CPU)
    train_image_tower(model, bank(), batches, dataclasses.replace(SMALL, steps=1), tmp_path, CPU)
    assert model.logit_scale.exp() <= SMALL.max_scale * 1.01
