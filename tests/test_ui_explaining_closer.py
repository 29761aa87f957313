"""What unfolds when a photo is opened large: the page's questions, answered by the bundled model."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image

from tests import asking
from tests.asking import asker
from zsbir.explain import match_parts, rank_while_drawing
from zsbir.strokes import Drawing
from zsbir.ui import bundled

MUG = [*asking.MUG, {"x": [20, 40], "y": [560, 580]}]
SHEET = asking.SHEET | {"strokes": MUG}
PICTURE = "data:image/png;base64,"


@pytest.fixture(scope="module")
def service():
    return bundled("everyday", "deep-dual")


@pytest.fixture(scope="module")
def ask(service):
    """Ask as the page does, about the mug."""
    return asker(service, SHEET)


@pytest.fixture(scope="module")
def retriever(service):
    """What the mode and the method mean."""
    return lambda mode: service.open("everyday", "deep-dual", mode).result()


@pytest.fixture(scope="module")
def photo(retriever):
    """The best photo of the mug."""
    return retriever("category").search(Drawing.from_json(SHEET), k=1)[0].photo


def test_strokes_tell_what_the_score_is_without_them(ask, photo, retriever):
    found = ask("strokes", photo.id)
    best = retriever("category").search(Drawing.from_json(SHEET), k=1)[0]
    assert found["score"] == pytest.approx(best.score, abs=1e-3)
    assert [stroke["group"] for stroke in found["strokes"]] == [0, 1, 2]
    strongest = max(found["strokes"], key=lambda stroke: stroke["drop"])
    assert strongest["weight"] == max(stroke["weight"] for stroke in found["strokes"]) > 0


@pytest.mark.parametrize(
    ("mode", "kind"), [("category", None), ("category", "middle"), ("fine-grained", None)]
)
def test_matches_carry_the_cosines_and_both_pictures(ask, photo, retriever, mode, kind):
    found = ask("matches", photo.id, mode=mode, kind=kind)
    slow = match_parts(retriever(mode), Drawing.from_json(SHEET), photo.id, kind)
    cosines = np.frombuffer(base64.b64decode(found["similarity"]), np.int8) / 100
    assert cosines.reshape(slow.similarity.shape) == pytest.approx(slow.similarity, abs=0.0051)
    assert found["in_place"] == (slow.kind == "cells") == (mode == "fine-grained")
    assert found["kind"] == slow.kind and [kind["name"] for kind in found["kinds"]] == list(slow.kinds)
    assert len(found["boxes"]) == len(found["ink"]) == len(found["filled"]) == len(slow.similarity)
    assert decoded(found["sketch"]).tobytes() == slow.sketch_seen.tobytes()
    seen = np.asarray(decoded(found["photo"]), dtype=int)
    assert abs(seen - np.asarray(slow.photo_seen)).mean() < 3  # a JPEG


def test_matches_refuse_a_kind_that_the_method_lacks(ask, photo):
    assert "has no dreams to compare" in ask("matches", photo.id, kind="dreams")["trouble"]


@pytest.mark.parametrize("mode", ["category", "fine-grained"])
def test_replay_holds_every_photo_once_and_each_moment_s_order(ask, photo, retriever, mode):
    found = ask("replay", photo.id, mode=mode)
    slow = rank_while_drawing(retriever(mode), Drawing.from_json(SHEET), photo.id, mode, 8)
    assert (found["category"], found["searched"]) == (slow.category, slow.searched)
    assert [moment["rank"] for moment in found["moments"]] == [moment.rank for moment in slow.moments]
    assert [moment["strokes"] for moment in found["moments"]] == [1, 2, 3]
    ids = [photo["id"] for photo in found["photos"]]
    assert len(set(ids)) == len(ids)
    for moment, expected in zip(found["moments"], slow.moments, strict=True):
        assert [ids[number] for number in moment["first"]] == [hit.photo.id for hit in expected.hits]


def test_like_searches_where_the_mode_does(ask, photo):
    everywhere = ask("like", photo.id, k=30)
    assert everywhere["category"] is None and len(everywhere["photos"]) == 30
    assert photo.id not in [other["id"] for other in everywhere["photos"]]
    within = ask("like", photo.id, mode="fine-grained")
    assert within["category"] == photo.category
    assert {other["category"] for other in within["photos"]} == {photo.category}
    assert within["photos"][0]["url"].startswith("photo/everyday/")
    for k in (0, 201, "many", True):
        assert "1 to 200 photos" in ask("like", photo.id, k=k)["trouble"]


def test_a_picture_or_nothing_drawn_is_told(ask, photo):
    buffer = io.BytesIO()
    Drawing.from_json(SHEET).render(64).save(buffer, "PNG")
    picture = {"picture": PICTURE + base64.b64encode(buffer.getvalue()).decode()}
    for what in ("strokes", "replay"):
        assert "has no strokes" in ask(what, photo.id, sheet=picture)["trouble"]
        assert ask(what, photo.id, sheet={})["trouble"] == "Nothing has been drawn yet."
        assert ask(what)["trouble"] == "Choose a photo first."
    assert len(ask("matches", photo.id, sheet=picture)["grid"]) == 2
    assert "no photo 'unicorn'" in ask("like", "unicorn")["trouble"]


def decoded(data_url):
    return Image.open(io.BytesIO(base64.b64decode(data_url.partition("base64,")[2])))
