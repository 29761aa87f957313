"""A small gallery and a checkpoint as the tests of the index have them, and a file for Milvus."""

import pytest

from tests.index.conftest import checkpoint, folder, gallery, zoo  # noqa: F401

pytest.importorskip("pymilvus", reason="pip install -r zsbir/index/milvus/requirements.txt")
pytest.importorskip("milvus_lite", reason="pip install -r zsbir/index/milvus/requirements.txt")


@pytest.fixture
def uri(tmp_path):
    """Released at the end, so that the engine of no test lives on."""
    from milvus_lite.server_manager import server_manager_instance

    path = str(tmp_path / "vectors.db")
    yield path
    server_manager_instance.release_server(path)
