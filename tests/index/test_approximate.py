"""Approximate search: only where there are many photos, only where it finds enough, and told."""

import json
import logging
from types import SimpleNamespace

import faiss
import numpy as np
import pytest

from tests.index.kit import build
from zsbir.gallery import Photo
from zsbir.index import PhotoIndex, approximate
from zsbir.index.approximate import Description, learn, lists_for, measure_recall, near, open_lists
from zsbir.index.engines import ApproximateEngine, ExactEngine

COUNT, DIMENSION = 4000, 48


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def rows():
    """Photos of a hundred kinds."""
    draw = np.random.default_rng(0)
    kinds = draw.standard_normal((100, DIMENSION))
    return unit(kinds[draw.integers(100, size=COUNT)] + 0.4 * draw.standard_normal((COUNT, DIMENSION)))


@pytest.fixture(scope="module")
def lists(rows):
    return learn(rows, lists_for(COUNT))


@pytest.fixture(scope="module")
def queries(rows):
    return unit(rows[::200] + rows[100::200])


@pytest.fixture
def many(monkeypatch):
    """More than 300 photos are many."""
    monkeypatch.setattr(approximate, "EXACT_UP_TO", 300)


@pytest.fixture
def indexes(rows, lists):
    """One that searches approximately and its exact twin; one photo in twenty is rare, the others common."""
    flat = faiss.IndexFlatIP(DIMENSION)
    flat.add(rows)
    photos = [Photo(str(i), f"{i}.png", "common" if i % 20 else "rare") for i in range(COUNT)]
    return PhotoIndex(ApproximateEngine(flat, lists), photos), PhotoIndex(ExactEngine(flat), photos)


def found(index, query, category=None):
    return {photo.id for photo in index.search(query, 24, category).photos}


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("category", [None, "common"])
def test_an_approximate_search_finds_nearly_what_an_exact_one_finds(indexes, queries, category):
    index, exact = indexes
    shares = [len(found(index, query, category) & found(exact, query, category)) / 24 for query in queries]
    assert np.mean(shares) > 0.95
    assert index.approximate and index.notes == ["found approximately"]
    assert not exact.approximate and exact.notes == []


@pytest.mark.usefixtures("many")
def test_scores_are_exact_and_fall(indexes, queries, rows):
    ranking = indexes[0].search(queries[0], 24)
    places = [int(photo.id) for photo in ranking.photos]
    assert ranking.scores == pytest.approx((rows[places] @ queries[0]).tolist(), abs=1e-6)
    assert list(ranking.scores) == sorted(ranking.scores, reverse=True)
    assert ranking.searched == COUNT


@pytest.mark.usefixtures("many")
def test_small_categories_are_searched_exactly(indexes, queries):
    index, exact = indexes
    for query in queries:
        assert index.search(query, 24, "rare") == exact.search(query, 24, "rare")


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("category", [None, "common"])
def test_who_asks_for_more_than_there_are_candidates_gets_as_many(indexes, queries, category):
    index, exact = indexes
    assert index.search(queries[0], COUNT, category) == exact.search(queries[0], COUNT, category)


def test_the_recall_is_measured_as_by_hand(rows, lists):
    flat = faiss.IndexFlatIP(DIMENSION)
    flat.add(rows)
    first, second = np.random.default_rng(1).integers(COUNT, size=(2, 64))
    between = unit(rows[first] + rows[second])
    right = flat.search(between, 24)[1]
    seen = near(lists, between, 24)
    by_hand = [len(set(a) & set(b)) / 24 for a, b in zip(right.tolist(), seen.tolist(), strict=True)]
    assert measure_recall(lists, rows) == pytest.approx(np.mean(by_hand))


@pytest.mark.parametrize(("count", "lists"), [(200_000, 1024), (1_000_000, 2048), (10_000_000, 8192)])
def test_lists_grow_with_the_root_of_the_photos(count, lists):
    assert lists_for(count) == lists


# Building and opening


@pytest.fixture
def seven_are_many(monkeypatch):
    """Seven photos are many; so few need all lists."""
    monkeypatch.setattr(approximate, "EXACT_UP_TO", 6)
    monkeypatch.setattr(approximate, "PROBED", 1)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.usefixtures("seven_are_many")
def test_a_large_gallery_gets_its_file_and_keeps_it(gallery, checkpoint, folder):
    build(gallery, checkpoint)
    assert names(folder) == [
        *("photos.approximate.faiss", "photos.approximate.json", "photos.faiss", "photos.json")
    ]
    told = Description.read(folder)
    assert told.recall == 1 and told.type.endswith(",RaBitQ")
    assert PhotoIndex.load(gallery, checkpoint).approximate
    before = (folder / "photos.approximate.faiss").stat()
    build(gallery, checkpoint)
    assert (folder / "photos.approximate.faiss").stat().st_ino == before.st_ino


@pytest.mark.usefixtures("seven_are_many")
def test_a_gallery_that_shrank_is_searched_exactly(gallery, checkpoint, folder, monkeypatch):
    build(gallery, checkpoint)
    monkeypatch.setattr(approximate, "EXACT_UP_TO", 7)
    assert not PhotoIndex.load(gallery, checkpoint).approximate
    build(gallery, checkpoint)
    assert names(folder) == ["photos.faiss", "photos.json"]


@pytest.mark.usefixtures("seven_are_many")
def test_where_too_little_is_found_searches_stay_exact(gallery, checkpoint, folder, monkeypatch, caplog):
    monkeypatch.setattr(approximate, "measure_recall", lambda *_: 0.5)
    with caplog.at_level(logging.WARNING):
        build(gallery, checkpoint)
        assert not PhotoIndex.load(gallery, checkpoint).approximate
    assert caplog.messages == ["Searches stay exact, and slow: an approximate one finds only 50 %."]
    assert "photos.approximate.faiss" not in names(folder)


def other_vectors(folder):
    told = json.loads((folder / "photos.approximate.json").read_text(encoding="utf-8"))
    told["vectors"] = "sha256:" + "00" * 32
    (folder / "photos.approximate.json").write_text(json.dumps(told), encoding="utf-8")


@pytest.mark.usefixtures("seven_are_many")
@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda folder: (folder / "photos.approximate.faiss").unlink(), "No such file"),
        (lambda folder: (folder / "photos.approximate.faiss").write_bytes(b"IwRa"), "damaged"),
        (lambda folder: (folder / "photos.approximate.json").unlink(), "No such file"),
        (lambda folder: (folder / "photos.approximate.json").write_bytes(b'{"recall": 1}'), "its fields"),
        (other_vectors, "made of other vectors"),
    ],
)
def test_without_a_usable_file_the_search_is_exact_and_that_is_told(
    gallery, checkpoint, folder, damage, reason, caplog
):
    build(gallery, checkpoint)
    damage(folder)
    with caplog.at_level(logging.WARNING):
        index = PhotoIndex.load(gallery, checkpoint)
    assert not index.approximate
    (message,) = caplog.messages
    assert message.startswith("Searches are slow: ") and reason in message
    assert "python -m zsbir index --gallery zoo" in message
    build(gallery, checkpoint)
    assert PhotoIndex.load(gallery, checkpoint).approximate


def test_a_small_gallery_is_never_approximate_whatever_lies_beside_it(folder):
    folder.mkdir(parents=True)
    (folder / "photos.approximate.json").write_text("nonsense", encoding="utf-8")
    sidecar = SimpleNamespace(photos=range(approximate.EXACT_UP_TO), vectors="")
    assert open_lists(folder, sidecar) is None
