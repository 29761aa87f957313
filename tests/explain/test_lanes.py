"""Side by side, against whole rankings of each lane."""

import pytest

from zsbir.errors import CheckpointError
from zsbir.explain import Lane, compare


def test_every_lane_is_its_own_search_and_moves_are_counted(retrievers, drawing):
    lanes = [
        Lane(retrievers["plain"]),
        Lane(retrievers["clip-at-category"]),
        Lane(retrievers["dp-clip-fine-grained"], "fine-grained", "frog"),
    ]
    whole = {hit.photo.id: hit.rank for hit in retrievers["plain"].search(drawing, k=100)}
    compared = compare(drawing, lanes, 3)
    for lane, found in zip(lanes, compared, strict=True):
        expected = lane.retriever.retrieve(drawing, lane.mode, 3, lane.category)
        assert found.lane == lane and found.seconds > 0
        assert [hit.photo.id for hit in found.result.hits] == [hit.photo.id for hit in expected.hits]
        before = [whole[hit.photo.id] for hit in expected.hits]
        assert list(found.before) == before
        assert list(found.moved) == [old - new for new, old in enumerate(before, start=1)]
    assert compared[0].moved == (0, 0, 0)
    assert any(compared[1].moved)


def test_photos_that_the_first_did_not_search_have_not_moved(retrievers, drawing):
    lanes = [Lane(retrievers["plain"], "fine-grained", "frog"), Lane(retrievers["plain"])]
    found = compare(drawing, lanes, 8)[1]
    for hit, before, moved in zip(found.result.hits, found.before, found.moved, strict=True):
        assert (before is None) == (moved is None) == (hit.category != "frog")


def test_a_lane_that_cannot_search_is_told(retrievers, drawing):
    with pytest.raises(CheckpointError, match="not for fine-grained"):
        compare(drawing, [Lane(retrievers["plain"]), Lane(retrievers["clip-at-category"], "fine-grained")])
