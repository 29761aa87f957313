"""Galleries that are large: `info` says how they are searched, and `index --to` where."""

import json

import pytest

from tests.zoo import save_zoo
from zsbir.cli import main
from zsbir.index import approximate


@pytest.fixture
def zoo(tmp_path, monkeypatch):
    """A folder of seven photos; nothing of the bundled galleries is written to."""
    monkeypatch.setenv("ZSBIR_GALLERIES", str(tmp_path / "galleries"))
    save_zoo(tmp_path / "zoo")
    return str(tmp_path / "zoo")


def run(capsys, *arguments):
    status = main([*arguments, "--device", "cpu"])
    return status, capsys.readouterr()


def state(capsys):
    _, told = run(capsys, "info", "--gallery", "zoo", "--json")
    return json.loads(told.out)["galleries"]["zoo"]["indexes"]["plain"]


def test_info_says_where_searches_are_approximate(zoo, capsys, monkeypatch):
    monkeypatch.setattr(approximate, "EXACT_UP_TO", 6)
    monkeypatch.setattr(approximate, "PROBED", 1)
    assert run(capsys, "index", zoo, "--gallery", "zoo")[0] == 0
    assert state(capsys) == "ready, 7 photos, found approximately"
    monkeypatch.setattr(approximate, "EXACT_UP_TO", 7)
    assert state(capsys) == "ready, 7 photos"


def test_index_brings_vectors_to_milvus_and_back(zoo, capsys, tmp_path):
    pytest.importorskip("milvus_lite", reason="pip install -r zsbir/index/milvus/requirements.txt")
    from milvus_lite.server_manager import server_manager_instance

    uri = str(tmp_path / "vectors.db")
    try:
        _, told = run(capsys, "index", zoo, "--gallery", "zoo", "--to", uri)
        assert f"Their vectors are in Milvus at {uri}: 7 sent, 0 there already, 0 removed." in told.out
        assert state(capsys) == f"ready, 7 photos, in Milvus at {uri}"
        _, told = run(capsys, "index", "--gallery", "zoo", "--json")
        assert json.loads(told.out)["milvus"] | {"seconds": 0} == {
            **{"uri": uri, "sent": 0, "unchanged": 7, "removed": 0, "seconds": 0}
        }
        _, told = run(capsys, "index", "--gallery", "zoo", "--to", "here", "--json")
        assert "milvus" not in json.loads(told.out)
        assert state(capsys) == "ready, 7 photos"
    finally:
        server_manager_instance.release_server(uri)


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("ftp://host", "is no place for vectors"),
        ("somewhere", "is no place for vectors"),
        ("milvus://host:port", "is no place for vectors"),
        ("milvus://[::1", "is no place for vectors"),
        (f"{__file__}/vectors.db", "name a place that can be written to"),
        ("milvus://me:secret@host", "ZSBIR_MILVUS_TOKEN"),
    ],
)
def test_a_place_that_is_none_is_refused_before_photos_are_embedded(zoo, capsys, tmp_path, place, message):
    status, told = run(capsys, "index", zoo, "--gallery", "zoo", "--to", place)
    assert status == 2 and message in told.err and "secret" not in told.err
    assert not (tmp_path / "galleries" / "zoo").exists()
