"""A folder of photos, a checkpoint without a network, and commands over both."""

import json

import pytest

import zsbir.checkpoint
from tests.fake_checkpoint import FakeCheckpoint
from tests.zoo import save_zoo
from zsbir.cli import main
from zsbir.errors import CheckpointError


@pytest.fixture
def zoo(tmp_path, monkeypatch):
    monkeypatch.setenv("ZSBIR_GALLERIES", str(tmp_path / "galleries"))
    monkeypatch.setenv("ZSBIR_CHECKPOINTS", str(tmp_path / "checkpoints"))
    save_zoo(tmp_path / "zoo")
    return tmp_path / "zoo"


@pytest.fixture(autouse=True)
def checkpoint(tmp_path, monkeypatch):
    fake = FakeCheckpoint(tmp_path / "checkpoints" / "plain", "plain")

    def load(name, device="auto"):
        if name != "plain":
            raise CheckpointError(f"There is no checkpoint '{name}'.")
        return fake

    monkeypatch.setattr(zsbir.checkpoint, "load_checkpoint", load)
    monkeypatch.setattr(zsbir.checkpoint, "list_checkpoints", lambda: ["plain"])
    return fake


@pytest.fixture
def indexed(zoo, capsys):
    assert main(["index", str(zoo), "--gallery", "zoo"]) == 0
    capsys.readouterr()
    return zoo


@pytest.fixture
def run(capsys):
    """Run a command; return its status, its JSON lines and what it told on stderr."""

    def run(*arguments):
        status = main([*map(str, arguments), "--json"])
        out, err = capsys.readouterr()
        return status, [json.loads(line) for line in out.splitlines()], err

    return run
