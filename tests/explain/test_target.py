"""The target game, against whole searches and by hand."""

from collections import Counter
from dataclasses import replace

import pytest

from tests.explain.kit import cosine
from zsbir.errors import DrawingError, GalleryError
from zsbir.explain.target import draw_lot, standing
from zsbir.gallery import Photo
from zsbir.strokes import Drawing


def photo(category, name, thing=""):
    return Photo(id=f"{category}/{name}", file=f"{name}.png", category=category, instance=thing)


CHAIRS = [photo("chair", f"chair_{i}", f"thing_{i // 2}") for i in range(8)]  # four chairs, two views each
CARS = [photo("car", f"car_{i}") for i in range(3)]
TWINS = [photo("tree", f"tree_{i}", "the_tree") for i in range(5)]  # one tree, five views


@pytest.mark.parametrize("name", ["plain", "clip-at-fine-grained", "deep-dual-category"])
@pytest.mark.parametrize("target", ["frog/bar", "frog/frog_1", "whale/whale_0"])
def test_it_stands_where_a_search_for_everything_finds_it(retrievers, drawing, name, target):
    retriever = retrievers[name]
    found = standing(retriever, drawing, target)
    mode = retriever.checkpoint.modes[0]
    within = retriever.search(drawing, mode, 100, found.photo.category)
    assert [found.rank_within, found.within] == [rank_of(target, within), len(within)]
    vector = retriever.embed(drawing)
    scores = retriever.index.vectors(retriever.index.places()) @ vector
    own = scores[retriever.index.place(target)]
    assert [found.rank, found.searched] == [1 + sum(scores > own + 1e-6), 8]
    assert found.score == pytest.approx(cosine(retriever, drawing.render(32), found.photo), abs=1e-5)


def rank_of(target, hits):
    return next(hit.rank for hit in hits if hit.photo.id == target)


def test_a_method_that_needs_a_category_ranks_within_it_alone(retrievers, drawing):
    retriever = retrievers["dp-clip-fine-grained"]
    found = standing(retriever, drawing, "frog/frog_1")
    hits = retriever.search(drawing, "fine-grained", 100, "frog")
    assert (found.rank, found.rank_within, found.within) == (None, rank_of("frog/frog_1", hits), 4)


def test_the_drawing_that_a_photo_shows_puts_it_first(plain):
    bar = Drawing.from_json({"width": 100, "height": 100, "strokes": [{"x": [10, 10], "y": [0, 100]}]})
    found = standing(plain, bar, "frog/bar")
    assert (found.rank, found.rank_within) == (1, 1)


def test_what_cannot_be_ranked_is_told(plain):
    with pytest.raises(DrawingError, match="Nothing has been drawn"):
        standing(plain, Drawing((), 100, 100), "frog/bar")
    with pytest.raises(GalleryError, match="no photo 'unicorn'"):
        standing(plain, Drawing.from_json({"width": 9, "height": 9, "strokes": []}), "unicorn")


def test_a_number_draws_the_same_photos_everywhere():
    drawn = [draw_lot(CHAIRS + CARS, 7, turn).id for turn in range(6)]
    assert drawn == [draw_lot(reversed(CHAIRS + CARS), 7, turn).id for turn in range(6)]
    others = [[draw_lot(CHAIRS + CARS, number, turn).id for turn in range(6)] for number in range(8, 16)]
    assert len({tuple(order) for order in others}) > 4
    assert len(set(drawn)) == 6 and Counter(id.split("/")[0] for id in drawn) == {"chair": 3, "car": 3}


def test_a_target_has_others_like_it_where_there_are_such():
    assert {draw_lot(TWINS + CARS, number, turn).category for number in range(9) for turn in range(3)} == {
        "car"
    }
    assert draw_lot(TWINS, 1, 0) in TWINS
    assert draw_lot([replace(one, category="") for one in CHAIRS], 1, 99).category == ""


def test_photos_that_are_missing_are_passed_over():
    assert draw_lot(CHAIRS + CARS, 1, 0, lambda one: one.id == "car/car_1").id == "car/car_1"
    with pytest.raises(GalleryError, match="no photo that can be shown"):
        draw_lot(CHAIRS, 1, 0, lambda one: False)
