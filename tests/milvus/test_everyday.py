"""Milvus against faiss, on the bundled gallery and on enough photos to search approximately."""

import shutil

import faiss
import numpy as np
import pytest

from zsbir.checkpoint import load_checkpoint
from zsbir.gallery import Photo, load_gallery
from zsbir.index import PhotoIndex, approximate
from zsbir.index.engines import ExactEngine
from zsbir.index.milvus import collection as collection_module
from zsbir.index.milvus.collection import Collection, row_bucket
from zsbir.index.milvus.engine import MilvusEngine
from zsbir.index.milvus.server import Server
from zsbir.index.milvus.upload import make_row, upload

SAME = 1e-5  # cosines nearer than this are ties: the engines add up in another order


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The index of all 1,522 pictures, beside the gallery and in Milvus."""
    from milvus_lite.server_manager import server_manager_instance

    tmp_path = tmp_path_factory.mktemp("everyday")
    bundled, checkpoint = load_gallery("everyday"), load_checkpoint("plain", device="cpu")
    (tmp_path / "everyday" / "index").mkdir(parents=True)
    shutil.copy(bundled.home / "photos.csv", tmp_path / "everyday")
    shutil.copytree(bundled.home / "index" / "plain", tmp_path / "everyday" / "index" / "plain")
    copy, uri = load_gallery(tmp_path / "everyday"), str(tmp_path / "vectors.db")
    here = PhotoIndex.load(copy, checkpoint)
    assert upload(copy, checkpoint, uri, progress=False).sent == len(here) == 1522
    yield here, PhotoIndex.load(copy, checkpoint)
    server_manager_instance.release_server(uri)


def queries(index, count):
    """Halfway between two photos each."""
    ends = np.random.default_rng(0).integers(len(index), size=(2, count))
    found = index.vectors(ends[0]) + index.vectors(ends[1])
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def check_same(one, two):
    """The same scores, and the same photos but for those that tie."""
    assert one.searched == two.searched
    assert two.scores == pytest.approx(one.scores, abs=SAME)
    last = one.scores[-1]
    clear = [{p.id for p, s in zip(r.photos, r.scores, strict=True) if s > last + SAME} for r in (one, two)]
    scores = dict(zip((photo.id for photo in one.photos), one.scores, strict=True))
    assert all(scores[id] <= last + 2 * SAME for id in clear[0] ^ clear[1] if id in scores)
    assert clear[1] - clear[0] <= scores.keys()
    assert len({photo.id for photo in two.photos}) == len(two.photos)


def test_milvus_finds_what_faiss_finds(both):
    here, there = both
    for query in queries(here, 60):
        check_same(here.search(query, 24), there.search(query, 24))


def test_milvus_finds_what_faiss_finds_in_every_category(both):
    here, there = both
    assert here.categories == there.categories
    for number, query in enumerate(queries(here, 60)):
        category = here.categories[number * 7 % len(here.categories)]
        check_same(here.search(query, 24, category), there.search(query, 24, category))


def test_equal_photos_are_all_found(both):
    """Two pictures with the very same vector tie, in both."""
    here, there = both
    vectors = here.vectors(here.places())
    scores = vectors @ vectors[0]
    check_same(here.search(vectors[0], 24), there.search(vectors[0], 24))
    assert there.search(vectors[0], 1).scores[0] == pytest.approx(float(scores.max()), abs=SAME)


def test_vectors_come_back(both):
    here, there = both
    places = np.array([5, 1500, 3, 5])
    assert np.array_equal(there.vectors(places), here.vectors(places))
    assert there.vectors(places[:0]).shape == here.vectors(places[:0]).shape
    assert there.digest == here.digest


def test_a_query_that_is_not_finite_finds_nothing(both):
    assert both[1].search(np.full(512, np.nan, dtype=np.float32), 5).photos == ()


@pytest.fixture
def many(uri, monkeypatch):
    """Two thousand photos, which count as many, in Milvus and in memory."""
    monkeypatch.setattr(approximate, "EXACT_UP_TO", 1000)
    monkeypatch.setattr(collection_module, "LISTS", 64)
    draw = np.random.default_rng(0)
    kinds = draw.standard_normal((40, 32))
    rows = kinds[draw.integers(40, size=2000)] + 0.5 * draw.standard_normal((2000, 32))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    flat = faiss.IndexFlatIP(32)
    flat.add(rows)
    photos = [Photo(str(i), f"{i}.png", "odd" if i % 2 else "even") for i in range(2000)]
    collection = Collection(Server(uri), "many")
    collection.create(32, "")
    collection.send(
        [make_row(photo.id, "", photo.category, row) for photo, row in zip(photos, rows, strict=True)]
    )
    collection.settle(2000)
    buckets = {name: row_bucket("", name) for name in ("odd", "even")}
    engine = MilvusEngine(collection, [photo.id for photo in photos], buckets, 32, [])
    return PhotoIndex(ExactEngine(flat), photos), PhotoIndex(engine, photos)


@pytest.mark.parametrize("category", [None, "odd"])
def test_many_photos_are_searched_approximately_and_that_is_told(many, category):
    exact, index = many
    assert index.approximate and index.notes == ["found approximately"]
    shares = [
        len({*index.search(query, 24, category).photos} & {*exact.search(query, 24, category).photos}) / 24
        for query in queries(exact, 20)
    ]
    assert np.mean(shares) > 0.9
