"""A loopback Hub, and machines whose `huggingface_hub` talks to it."""

from __future__ import annotations

import pytest

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
def new_machine(hub, tmp_path):
    """Make another empty machine, by a name of its own."""
    return lambda name, **variables: Machine(tmp_path / name, hub.url, **variables)
