"""The file of vectors: as faiss writes it, read if small, mapped if large, never taken for another."""

import logging

import faiss
import numpy as np
import pytest

from tests.index.kit import build, embedding, slow_search
from zsbir.errors import IndexMismatchError
from zsbir.index import PhotoIndex, vectors
from zsbir.index.vectors import Packed, open_mapped, sample, sample_file

ROWS = np.random.default_rng(0).standard_normal((300, 27)).astype(np.float32)


@pytest.fixture
def mapped(monkeypatch):
    """Every file counts as large."""
    monkeypatch.setattr(vectors, "MAPPED_FROM", 0)
    monkeypatch.setattr("zsbir.index.build.MAPPED_FROM", 0)


@pytest.mark.parametrize("chunk", [1000, vectors.CHUNK])
@pytest.mark.parametrize("rows", [ROWS, list(ROWS), ROWS[:1]])
def test_the_bytes_are_those_that_faiss_writes(monkeypatch, chunk, rows):
    monkeypatch.setattr(vectors, "CHUNK", chunk)
    slow = faiss.IndexFlatIP(27)
    slow.add(np.stack(rows))
    expected = faiss.serialize_index(slow).tobytes()
    packed = Packed(rows)
    assert b"".join(packed) == expected and packed.size == len(expected)
    for start, stop in ((0, 0), (3, 60), (40, 50), (100, 1000), (packed.size - 5, packed.size)):
        assert packed.read(start, stop) == expected[start:stop]


def test_the_sample_of_a_file_is_that_of_its_bytes(tmp_path):
    packed = Packed(ROWS)
    (tmp_path / "file").write_bytes(b"".join(packed))
    assert sample_file(tmp_path / "file") == sample(packed.size, packed.read)


def test_small_galleries_are_not_sampled(gallery, checkpoint, folder):
    build(gallery, checkpoint)
    assert '"sample"' not in (folder / "photos.json").read_text(encoding="utf-8")


@pytest.mark.usefixtures("mapped")
@pytest.mark.parametrize("category", [None, "frog"])
def test_a_mapped_index_searches_as_one_that_was_read(gallery, checkpoint, folder, category):
    build(gallery, checkpoint)
    assert open_mapped(folder / "photos.faiss").ntotal == 7
    index = PhotoIndex.load(gallery, checkpoint)
    query = embedding(gallery.path(gallery.photos[4]), checkpoint)
    ranking = index.search(query, 7, category)
    ids, scores = slow_search(gallery, checkpoint, query, category)
    assert [photo.id for photo in ranking.photos] == ids
    assert ranking.scores == pytest.approx(scores, abs=1e-6)
    assert index.vectors(np.array([4]))[0] == pytest.approx(query, abs=1e-6)
    assert not index.approximate


@pytest.mark.usefixtures("mapped")
def test_an_open_index_outlives_its_replacement(gallery, zoo, checkpoint):
    build(gallery, checkpoint)
    index = PhotoIndex.load(gallery, checkpoint)
    query = embedding(gallery.path(gallery.photos[4]), checkpoint)
    before = index.search(query, 7)
    checkpoint.method.support = 0
    checkpoint.digest = "sha256:" + "cd" * 32
    build(gallery, checkpoint)
    assert index.search(query, 7) == before


def cut(content):
    return content[:-200]


def zeroed(content):
    """As a copy that broke off leaves it on some file systems."""
    return content[:300] + bytes(len(content) - 300)


def other(content):
    return b"".join(Packed(ROWS[:7]))


@pytest.mark.usefixtures("mapped")
@pytest.mark.parametrize("damage", [cut, zeroed, other])
def test_a_large_file_that_is_another_is_told(gallery, checkpoint, folder, damage):
    build(gallery, checkpoint)
    path = folder / "photos.faiss"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(IndexMismatchError, match="damaged, or was written for another index"):
        PhotoIndex.load(gallery, checkpoint)


@pytest.mark.usefixtures("mapped")
def test_nothing_is_built_out_of_a_large_file_without_reading_it_all(
    gallery, checkpoint, folder, monkeypatch, caplog
):
    """The sample does not see a single byte that has changed; whoever goes on with the vectors does."""
    monkeypatch.setattr(vectors, "PIECE", 8)
    build(gallery, checkpoint)
    path = folder / "photos.faiss"
    content = bytearray(path.read_bytes())
    content[60] ^= 1
    path.write_bytes(content)
    assert len(PhotoIndex.load(gallery, checkpoint)) == 7
    with caplog.at_level(logging.WARNING):
        assert build(gallery, checkpoint).embedded == 7
    assert "is damaged" in caplog.text


@pytest.mark.usefixtures("mapped")
def test_a_large_file_without_a_sample_is_read_whole(gallery, checkpoint, folder, monkeypatch):
    """As older versions wrote it."""
    with monkeypatch.context() as patch:
        patch.setattr("zsbir.index.build.MAPPED_FROM", 1 << 40)
        build(gallery, checkpoint)
    assert len(PhotoIndex.load(gallery, checkpoint)) == 7
    path = folder / "photos.faiss"
    content = bytearray(path.read_bytes())
    content[60] ^= 1
    path.write_bytes(content)
    with pytest.raises(IndexMismatchError, match="damaged"):
        PhotoIndex.load(gallery, checkpoint)
