"""Searching an index: the right photos, percentiles and votes."""

import os
import signal

import numpy as np
import pytest

from tests.index.kit import build, embedding, slow_search
from zsbir.errors import GalleryError
from zsbir.gallery import Photo
from zsbir.index import PhotoIndex, Ranking


@pytest.mark.parametrize("category", [None, "frog", "whale"])
@pytest.mark.parametrize("k", [1, 3, 100])
def test_search_matches_the_slow_way(gallery, checkpoint, category, k):
    build(gallery, checkpoint)
    index = PhotoIndex.load(gallery, checkpoint)
    query = embedding(gallery.path(gallery.photos[4]), checkpoint)
    ids, scores = slow_search(gallery, checkpoint, query, category)
    ranking = index.search(query, k, category)
    assert [photo.id for photo in ranking.photos] == ids[:k]
    assert ranking.scores == pytest.approx(scores[:k], abs=1e-6)
    assert ranking.searched == len(ids)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_searches_too(gallery, checkpoint):
    """The thread that searches stays behind; see `tests/test_inference.py`."""
    build(gallery, checkpoint)
    index = PhotoIndex.load(gallery, checkpoint)
    query = index.vectors(index.places())[0]
    index.search(query, 1)
    child = os.fork()
    if child == 0:
        signal.alarm(10)  # the default ends the process
        os._exit(len(index.search(query, 3).photos))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3


def test_a_query_that_is_not_finite_finds_nothing(gallery, checkpoint):
    build(gallery, checkpoint)
    query = np.full(checkpoint.method.dim, np.nan, dtype=np.float32)
    ranking = PhotoIndex.load(gallery, checkpoint).search(query, 5)
    assert ranking.photos == ranking.scores == ()
    assert ranking.vote() is None


def test_an_unknown_category_is_told(gallery, checkpoint):
    build(gallery, checkpoint)
    index = PhotoIndex.load(gallery, checkpoint)
    with pytest.raises(GalleryError, match="'unicorn'"):
        index.search(np.zeros(27, dtype=np.float32), 1, "unicorn")


def ranking(*pairs, searched=10):
    photos = tuple(Photo(str(i), f"{i}.png", category) for i, (category, _) in enumerate(pairs))
    return Ranking(photos, tuple(score for _, score in pairs), searched)


def test_percentiles_by_hand():
    """Ten photos: nothing beats the first, the second and third are equal, three beat the last."""
    assert ranking(("a", 0.9), ("a", 0.5), ("a", 0.5), ("a", 0.1)).percentiles == [100.0, 90.0, 90.0, 70.0]
    assert ranking(("a", 0.9), searched=1).percentiles == [100.0]
    assert ranking(searched=0).percentiles == []


@pytest.mark.parametrize(
    ("pairs", "winner"),
    [
        ([("cat", 0.9), ("dog", 0.5), ("dog", 0.5), ("dog", 0.4)], "cat"),  # 0.5 against 0.1 + 0.1 + 0
        ([("cat", 0.6), ("dog", 0.58), ("dog", 0.57), ("cat", 0.2)], "dog"),  # 0.4 against 0.38 + 0.37
        ([("cat", 0.5), ("dog", 0.5)], "cat"),  # equal: the nearest
        ([("cat", 0.5)], "cat"),
        ([("", 0.5), ("", 0.4)], None),  # a gallery without categories
    ],
)
def test_votes_by_hand(pairs, winner):
    assert ranking(*pairs).vote() == winner
