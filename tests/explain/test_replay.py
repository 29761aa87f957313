"""Rank while drawing, against a search for each moment."""

import pytest

from tests.explain.kit import cosine
from zsbir.errors import CheckpointError, DrawingError, GalleryError
from zsbir.explain import rank_while_drawing, replay, scan
from zsbir.strokes import Drawing


def prefix(drawing, count):
    return Drawing(drawing.strokes[:count], drawing.width, drawing.height)


@pytest.mark.parametrize("name", ["plain", "clip-at-category", "deep-dual-category"])
def test_each_moment_is_the_search_of_that_moment(retrievers, drawing, name, monkeypatch):
    monkeypatch.setattr(scan, "BLOCK", 3)  # the gallery in several blocks
    retriever = retrievers[name]
    found = rank_while_drawing(retriever, drawing, "whale/whale_0", k=3)
    assert (found.target.id, found.category, found.searched) == ("whale/whale_0", None, 8)
    assert [moment.strokes for moment in found.moments] == [1, 2, 3, 4]
    for moment in found.moments:
        hits = retriever.search(prefix(drawing, moment.strokes), k=8)
        own = next(hit for hit in hits if hit.photo == found.target)
        assert (moment.rank, moment.score) == (own.rank, pytest.approx(own.score, abs=1e-5))
        assert [hit.photo.id for hit in moment.hits] == [hit.photo.id for hit in hits[:3]]
        assert [hit.percentile for hit in moment.hits] == [hit.percentile for hit in hits[:3]]
        assert moment.seen == prefix(drawing, moment.strokes).render(32)


@pytest.mark.parametrize("name", ["plain", "dp-clip-fine-grained", "deep-dual-fine-grained"])
def test_fine_grained_stays_in_the_targets_category(retrievers, drawing, name):
    retriever = retrievers[name]
    found = rank_while_drawing(retriever, drawing, "frog/frog_1", "fine-grained")
    assert (found.category, found.searched) == ("frog", 4)
    for moment in found.moments:
        hits = retriever.search(prefix(drawing, moment.strokes), "fine-grained", category="frog")
        assert [hit.photo.id for hit in moment.hits] == [hit.photo.id for hit in hits]
        image = prefix(drawing, moment.strokes).render(32)
        assert moment.score == pytest.approx(cosine(retriever, image, found.target), abs=1e-5)


def test_of_many_strokes_some_moments_are_looked_at(plain, drawing, monkeypatch):
    monkeypatch.setattr(replay, "MOMENTS", 3)
    many = Drawing(drawing.strokes * 5, 100, 100)
    moments = rank_while_drawing(plain, many, "frog/bar").moments
    assert [moment.strokes for moment in moments] == [1, 10, 20]


def test_what_cannot_be_followed_is_told(plain, retrievers, drawing):
    with pytest.raises(DrawingError, match="has no strokes"):
        rank_while_drawing(plain, drawing.render(64), "frog/bar")
    with pytest.raises(GalleryError, match="cannot be found in 'whale'"):
        rank_while_drawing(plain, drawing, "frog/bar", category="whale")
    with pytest.raises(GalleryError, match="no photo 'unicorn'"):
        rank_while_drawing(plain, drawing, "unicorn")
    with pytest.raises(CheckpointError, match="not for category"):
        rank_while_drawing(retrievers["dp-clip-fine-grained"], drawing, "frog/bar")
