"""Where galleries of a test go."""

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("ZSBIR_GALLERIES", str(tmp_path / "galleries"))
    monkeypatch.setenv("ZSBIR_CACHE", str(tmp_path / "cache"))
    return tmp_path / "galleries"
