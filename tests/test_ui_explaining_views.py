"""Lanes, map and categories: the page's questions, answered by the bundled model."""

from __future__ import annotations

import numpy as np
import pytest

from tests.asking import SHEET, asker
from zsbir.explain import category_statuses, gallery_map, place_drawing
from zsbir.families import STAND_INS
from zsbir.strokes import Drawing
from zsbir.ui import bundled
from zsbir.ui.explaining import compare, map, photos


@pytest.fixture(scope="module")
def service():
    return bundled("everyday", "deep-dual")


@pytest.fixture(scope="module")
def ask(service):
    """Ask as the page does, about the mug."""
    return asker(service)


@pytest.fixture(scope="module")
def find(service):
    """Search in a way, apart from the page."""

    def found(method, mode, k, category=None):
        retriever = service.open("everyday", method, mode).result()
        return retriever.retrieve(Drawing.from_json(SHEET), mode, k, category)

    return found


# ---- compare


def test_every_lane_is_a_search_of_its_own(ask, find):
    others = [{"method": "plain", "mode": "category"}, {"method": "clip-at", "mode": "fine-grained"}]
    answer = ask("compare", lanes=others)
    first = {hit.photo.id: hit.rank for hit in find("deep-dual", "category", 2000).hits}
    assert [lane["name"] for lane in answer["lanes"]] == ["Deep dual", "Plain CLIP", "CLIP-AT"]
    for lane in answer["lanes"]:
        expected = find(lane["method"], lane["mode"], compare.PHOTOS)
        assert [photo["id"] for photo in lane["photos"]] == [hit.photo.id for hit in expected.hits]
        assert [photo["moved"] for photo in lane["photos"]] == [
            first[hit.photo.id] - hit.rank for hit in expected.hits
        ]
        assert (lane["category"], lane["assumed"]) == (expected.category, expected.assumed)
        assert lane["milliseconds"] > 0 and lane["note"] == ""


def test_what_the_first_lane_did_not_search_has_not_moved(ask):
    answer = ask(
        "compare", mode="fine-grained", category="mug", lanes=[{"method": "plain", "mode": "category"}]
    )
    mugs, all_photos = answer["lanes"]
    assert {photo["category"] for photo in mugs["photos"]} == {mugs["category"]} == {"mug"}
    assert not mugs["assumed"]
    for photo in all_photos["photos"]:
        assert (photo["moved"] is None) == (photo["category"] != "mug")


def test_a_family_without_a_checkpoint_of_the_mode_says_who_stands_in(ask):
    answer = ask("compare", method="plain", lanes=[{"method": "dp-clip", "mode": "category"}])
    plain, dp_clip = answer["lanes"]
    note = {"sentence": STAND_INS["category"], "values": {"method": "DP-CLIP", "other": "Plain CLIP"}}
    assert (plain["note"], dp_clip["note"]) == ("", note)
    assert {photo["moved"] for photo in dp_clip["photos"]} == {0}
    without = [(way["method"], way["mode"]) for way in answer["ways"] if way["note"]]
    assert without == [("dp-clip", "category")]
    assert len(answer["ways"]) == 10


def test_a_lane_that_cannot_be_searched_leaves_the_others_alone(ask):
    answer = ask("compare", lanes=[{"method": "nobody", "mode": "category"}])
    assert answer["lanes"][0]["photos"]
    assert answer["lanes"][1]["trouble"].startswith("There is no method or checkpoint 'nobody'")
    assert ask("compare", method="nobody")["trouble"].startswith("There is no method")


def test_the_first_search_of_a_checkpoint_is_not_timed(ask, service, monkeypatch):
    """Each retriever is asked once more, before all clocks, the first time that it is compared."""
    monkeypatch.setattr(compare, "_warm", type(compare._warm)())
    retriever = service.open("everyday", "splip", "category").result()
    retrieve, asked = retriever.retrieve, []
    monkeypatch.setattr(
        retriever, "retrieve", lambda *given: asked.append(given) or retrieve(*given), raising=False
    )
    lanes = [{"method": "splip", "mode": "category"}]
    for searches in (2, 3):
        ask("compare", lanes=lanes)
        assert len(asked) == searches


@pytest.mark.parametrize("lanes", [[{"method": "plain", "mode": "category"}] * compare.LANES, [{}], 3])
def test_nonsense_is_refused(ask, lanes):
    assert "Load the page again" in ask("compare", lanes=lanes)["trouble"]


# ---- map


def test_the_map_has_every_photo_where_the_package_puts_it(ask, service):
    answer = ask("map")
    laid_out = gallery_map(service.open("everyday", "deep-dual", "category").result())
    assert answer["ids"] == [photo.id for photo in laid_out.photos]
    assert [answer["categories"][number] for number in answer["of"]] == [p.category for p in laid_out.photos]
    points = np.array([answer["x"], answer["y"]]).T / map.SCALE
    assert np.abs(points - laid_out.points).max() <= 0.5 / map.SCALE + 1e-6
    assert answer["explained"] == pytest.approx(laid_out.explained, abs=1e-4)
    assert answer["photos"] == len(laid_out.photos)


def test_of_a_large_gallery_some_photos_are_shown(ask, monkeypatch):
    whole = ask("map")
    monkeypatch.setattr(map, "POINTS", 500)
    some = ask("map")
    assert some["ids"] == whole["ids"][::4] and some["x"] == whole["x"][::4]
    assert [some["categories"][number] for number in some["of"]] == [
        whole["categories"][number] for number in whole["of"][::4]
    ]
    assert some["photos"] == len(whole["ids"])


@pytest.mark.parametrize("mode", ["category", "fine-grained"])
def test_a_drawing_stands_where_the_package_places_it(ask, find, service, mode):
    answer, whole = ask("place", mode=mode), ask("map", mode=mode)
    result = find("deep-dual", mode, map.NEAREST)
    x, y = place_drawing(service.open("everyday", "deep-dual", mode).result(), result)
    assert answer["place"] == pytest.approx([x * map.SCALE, y * map.SCALE], abs=1)
    assert [photo["id"] for photo in answer["nearest"]] == [hit.photo.id for hit in result.hits]
    for photo in answer["nearest"]:
        number = whole["ids"].index(photo["id"])
        assert (photo["x"], photo["y"]) == (whole["x"][number], whole["y"][number])


def test_an_empty_sheet_has_no_place(ask):
    assert ask("place", sheet={"width": 600, "height": 600})["trouble"] == "Nothing has been drawn yet."


# ---- categories


def test_every_category_has_its_status(ask, service):
    answer = ask("categories")
    retriever = service.open("everyday", "deep-dual", "category").result()
    names = [category["name"] for category in answer["categories"]]
    assert names == list(retriever.gallery.categories)
    statuses = category_statuses(retriever.checkpoint, names)
    assert [category["status"] for category in answer["categories"]] == [statuses[name] for name in names]
    assert sum(category["photos"] for category in answer["categories"]) == len(retriever.gallery.photos)
    assert (answer["by"], answer["backbone"], answer["note"]) == ("Deep dual", "zsbir-tiny", "")
    assert "drawings" in answer["backbone_says"]


def test_what_was_never_drawn_for_the_backbone_was_not_for_the_methods(ask):
    never = {one["name"]: one["status"] for one in ask("categories")["categories"] if one["never_drawn"]}
    assert {"cow", "palm_tree", "scissors"} <= set(never)
    assert set(never.values()) == {"not by it"}


def test_where_another_method_stands_in_the_statuses_are_its_own(ask):
    answer = ask("categories", method="dp-clip")
    assert answer["by"] == "Plain CLIP" and answer["note"]["sentence"] == STAND_INS["category"]
    assert {category["status"] for category in answer["categories"]} == {"not by it"}


def test_photos_of_a_category_or_by_their_ids(ask, monkeypatch):
    mugs = ask("photos", of="mug")["photos"]
    assert {photo["category"] for photo in mugs} == {"mug"} and len(mugs) > 2
    assert {"title", "credit", "licence", "source", "url"} < set(mugs[0])
    ids = [photo["id"] for photo in mugs]
    assert ask("photos", ids=ids[1:])["photos"] == mugs[1:]
    assert ask("photos", ids=["nothing"])["photos"] == []
    monkeypatch.setattr(photos, "MOST", 2)
    assert ask("photos", of="mug")["photos"] == mugs[:2]


# ---- a word by itself


def test_a_word_alone_is_told_apart_from_nonsense(ask):
    assert ask("word", word="apple") == {"finds": ["apple", "mango", "tennis_ball"], "doubtful": False}
    assert not ask("word", word="Peacock")["doubtful"]  # in pieces, and yet it finds one
    nonsense = ask("word", word="xqzt")
    assert nonsense["doubtful"] and len(nonsense["finds"]) == 3


def test_a_method_that_reads_no_words_finds_nothing_by_them(ask):
    told = ask("word", method="dp-clip", mode="fine-grained", word="apple")
    assert told == {"finds": [], "doubtful": False}
