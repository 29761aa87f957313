"""The target game's questions, answered by the bundled model."""

from __future__ import annotations

import pytest

from tests.asking import SHEET, asker
from zsbir.strokes import Drawing
from zsbir.ui import bundled


@pytest.fixture(scope="module")
def service():
    return bundled("everyday", "deep-dual")


@pytest.fixture(scope="module")
def ask(service):
    """Ask as the page does."""
    return asker(service)


def test_the_rank_is_the_one_of_a_search(ask, service):
    retriever = service.open("everyday", "deep-dual").result()
    hits = retriever.search(Drawing.from_json(SHEET), k=40)
    for hit in (hits[0], hits[20]):
        found = ask("rank", hit.photo.id)
        assert (found["rank"], found["searched"]) == (hit.rank, len(retriever.gallery.photos))
        assert found["score"] == pytest.approx(hit.score, abs=1e-3)
        those = retriever.search(Drawing.from_json(SHEET), k=2000, category=hit.category)
        within = next(other.rank for other in those if other.photo == hit.photo)
        assert (found["rank_within"], found["within"]) == (within, len(those))


def test_dp_clip_ranks_within_the_category_alone(ask):
    found = ask("rank", ask("target", number=1, turn=0)["photo"]["id"], method="dp-clip", mode="fine-grained")
    assert found["rank"] is None and 1 <= found["rank_within"] <= found["within"]


def test_lots_have_others_like_them_and_follow_the_number(ask):
    drawn = [ask("target", number=2024, turn=turn) for turn in range(5)]
    again = [ask("target", number=2024, turn=turn, method="plain") for turn in range(5)]
    assert drawn == again and drawn != [ask("target", number=2025, turn=turn) for turn in range(5)]
    assert len({lot["photo"]["category"] for lot in drawn}) == 5
    assert all(lot["within"] >= 3 and lot["photo"]["url"].startswith("photo/everyday/") for lot in drawn)


@pytest.mark.parametrize(
    "more", [{}, {"number": -1, "turn": 0}, {"number": 1.5, "turn": 0}, {"number": True, "turn": 0}]
)
def test_lots_by_anything_else_are_refused(ask, more):
    assert ask("target", **more) == {
        "trouble": "Lots are drawn by whole numbers from 0 on. Choose another number."
    }


def test_what_cannot_be_ranked_is_one_sentence(ask):
    assert ask("rank") == {"trouble": "Choose a photo first."}
    assert "no photo 'unicorn'" in ask("rank", "unicorn")["trouble"]
    nothing = {"width": 600, "height": 600, "strokes": []}
    assert ask("rank", ask("target", number=1, turn=0)["photo"]["id"], sheet=nothing)["trouble"]
