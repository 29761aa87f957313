"""A small set of pairs, a checkpoint that sees colours, and the command over both."""

import argparse
import json
import sys
from types import SimpleNamespace

import pytest

from tests.evaluation.kit import ColourMethod, fake_checkpoint, write_set
from zsbir.evaluation import run
from zsbir.evaluation.arguments import add_arguments


@pytest.fixture
def pairs(tmp_path):
    rows = [
        ("p/a1.png", "apple", "photo", "a1", "unseen_dev"),
        ("p/a2.png", "apple", "photo", "a2", "unseen_dev"),
        ("p/b1.png", "pear", "photo", "b1", "unseen_dev"),
        ("p/c1.png", "bat", "photo", "c1", "seen_dev"),
        ("s/a1-1.png", "apple", "sketch", "a1", "unseen_dev"),
        ("s/b1-1.png", "pear", "sketch", "b1", "unseen_dev"),
        ("s/c1-1.png", "bat", "sketch", "c1", "seen_dev"),
        ("s/c2-1.png", "bat", "sketch", "", "unseen_dev"),
    ]
    return write_set(tmp_path / "pairs.zip", rows)


@pytest.fixture
def zoo(monkeypatch):
    """The checkpoints there are, by name; tests add theirs."""
    found = {"plain": fake_checkpoint(ColourMethod())}
    fake = SimpleNamespace(
        load_checkpoint=lambda name, device: found[str(name)], list_checkpoints=lambda: list(found)
    )
    monkeypatch.setitem(sys.modules, "zsbir.checkpoint", fake)
    return found


@pytest.fixture
def checkpoint(zoo):
    return zoo["plain"]


@pytest.fixture
def run_text(capsys):
    """Run the command; return what it printed."""

    def call(*argv: object) -> str:
        parser = argparse.ArgumentParser()
        add_arguments(parser)
        assert run.main(parser.parse_args([*map(str, argv), "--raw-sketch"])) == 0
        return capsys.readouterr().out

    return call


@pytest.fixture
def call(run_text):
    """Run the command with --json; return what it printed: one object on one line, as every command."""

    def call(*argv: object) -> dict:
        (line,) = run_text(*argv, "--json").splitlines()
        return json.loads(line)

    return call
