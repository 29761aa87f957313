"""A small gallery, a checkpoint without a model, and where the index of both lies."""

import pytest

from tests.fake_checkpoint import FakeCheckpoint
from tests.zoo import save_zoo
from zsbir.gallery import create_gallery


@pytest.fixture
def zoo(tmp_path):
    save_zoo(tmp_path / "zoo")
    return tmp_path / "zoo"


@pytest.fixture
def gallery(zoo, tmp_path, monkeypatch):
    monkeypatch.setenv("ZSBIR_GALLERIES", str(tmp_path / "galleries"))
    return create_gallery("zoo", zoo)


@pytest.fixture
def checkpoint(tmp_path):
    return FakeCheckpoint(tmp_path / "checkpoints" / "fake")


@pytest.fixture
def folder(gallery):
    return gallery.home / "index" / "fake"
