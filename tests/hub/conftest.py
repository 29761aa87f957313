"""A loopback Hub, and machines whose `huggingface_hub` talks to it."""

from __future__ import annotations

import pytest

from tests.hub.here import Here, settle
from tests.hub.machine import Machine
from tests.hub.server import Hub


@pytest.fixture
def hub():
    """A Hub without repositories, up for one test."""
    with Hub() as hub:
        yield hub


@pytest.fixture
def machine(hub, tmp_path):
    """A machine that has downloaded nothing and has no token."""
    return Machine(tmp_path / "machine", hub.url)


@pytest.fixture
def owner(hub, tmp_path, monkeypatch, capsys):
    """This very process, with a cache of its own and a token that writes to user/..."""
    settle(monkeypatch, hub.url, tmp_path / "owner")
    monkeypatch.setenv("HF_TOKEN", "hf_user")
    return Here(capsys)


@pytest.fixture
def new_machine(hub, tmp_path):
    """Make another empty machine, by a name of its own."""
    return lambda name, **variables: Machine(tmp_path / name, hub.url, **variables)
