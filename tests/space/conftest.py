"""A loopback Hub, and little in place of what the clone bundles."""

import pytest

from tests.hub.conftest import hub, owner  # noqa: F401 - fixtures
from tests.untrained import save_clip_at, save_plain
from tests.zoo import save_zoo
from zsbir.checkpoint import load_checkpoint
from zsbir.gallery import create_gallery
from zsbir.index import build_index


@pytest.fixture
def little(tmp_path, tiny_folder, monkeypatch):
    """Variables that name little folders of checkpoints and galleries; set here too.

    There are plain CLIP and CLIP-AT on a tiny backbone, and the gallery everyday, whose photos lie elsewhere.
    It is indexed for plain CLIP.
    """
    variables = {
        "ZSBIR_CHECKPOINTS": str(tmp_path / "checkpoints"),
        "ZSBIR_GALLERIES": str(tmp_path / "gallery"),
        "ZSBIR_CACHE": str(tmp_path / "cache"),
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "gallery").mkdir()
    backbone = tiny_folder.rename(tmp_path / "checkpoints" / "tiny")
    save_plain(backbone)
    save_clip_at(backbone, "category")
    save_zoo(tmp_path / "photos")
    build_index(create_gallery("everyday", tmp_path / "photos"), load_checkpoint("plain", device="cpu"))
    return variables
