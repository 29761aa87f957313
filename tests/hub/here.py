"""This very process as a machine that has a Hub and an empty cache."""

from __future__ import annotations

from pathlib import Path

import huggingface_hub.constants as constants
import pytest

from tests.hub.machine import Done
from zsbir.cli import main


def settle(monkeypatch: pytest.MonkeyPatch, endpoint: str, home: Path, *, offline: bool = False) -> None:
    """Set what the client has read from the environment when it was imported; CI forbids it the network."""
    monkeypatch.setattr(constants, "ENDPOINT", endpoint)
    monkeypatch.setattr(
        constants, "HUGGINGFACE_CO_URL_TEMPLATE", endpoint + "/{repo_id}/resolve/{revision}/{filename}"
    )
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(home / "hub"))
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(home / "token"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", offline)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    for proxy in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(proxy, raising=False)
        monkeypatch.delenv(proxy.lower(), raising=False)


class Here:
    """This process in place of a `Machine`: its commands need not start, and import torch, each anew."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def zsbir(self, *arguments: object) -> Done:
        """Run a command line; see `Machine.zsbir`."""
        self._capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        told = self._capsys.readouterr()
        return Done(status, told.out, told.err)
