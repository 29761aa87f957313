"""Which strokes matter, against drawings that are rendered and embedded one by one."""

import numpy as np
import pytest
from PIL import Image

from tests.explain.kit import NAMES, cosine
from zsbir.errors import DrawingError, GalleryError
from zsbir.explain import stroke_importance
from zsbir.explain import strokes as module
from zsbir.strokes import LINE_WIDTH, Drawing, fit_strokes, render_strokes


def without(drawing, strokes, side):
    """The whole drawing as it lies on the paper, minus some of its strokes."""
    fitted = fit_strokes([stroke.points for stroke in drawing.strokes], side)
    rest = [points for number, points in enumerate(fitted) if number not in strokes]
    return Image.fromarray(render_strokes(rest, side, LINE_WIDTH * side))


@pytest.mark.parametrize("name", NAMES)
def test_each_drop_is_that_of_the_drawing_without_the_stroke(retrievers, drawing, name):
    retriever = retrievers[name]
    photo = retriever.gallery.by_id["whale/whale_1"]
    found = stroke_importance(retriever, drawing, photo.id)
    score = cosine(retriever, drawing.render(32), photo)
    others = [cosine(retriever, without(drawing, [number], 32), photo) for number in range(4)]
    assert found.photo == photo
    assert found.score == pytest.approx(score, abs=1e-5)
    assert found.drops == pytest.approx([score - other for other in others], abs=1e-5)
    assert np.ptp(found.drops) > 1e-3
    assert found.groups == (0, 1, 2, 3)


def test_weights_colour_what_matters(plain, drawing, monkeypatch):
    monkeypatch.setattr(module, "FAINT", 1e-6)  # an untrained tower sees all drawings as about the same
    found = stroke_importance(plain, drawing, "frog/bar")
    drops = np.array(found.drops)
    assert drops.min() < 0 < 1e-6 < drops.max()
    assert np.argmax(found.weights) == np.argmax(drops) and max(found.weights) == 1
    assert [weight == 0 for weight in found.weights] == [drop <= 0 for drop in found.drops]
    positive = drops > 0
    assert np.array(found.weights)[positive] == pytest.approx(drops[positive] / drops.max())


def test_strokes_that_hardly_matter_stay_pale(plain, drawing):
    """Two strokes in one place: leaving one of them out changes nothing."""
    twice = Drawing(drawing.strokes[:1] * 2, 100, 100)
    found = stroke_importance(plain, twice, "frog/bar")
    assert found.drops == pytest.approx([0, 0], abs=1e-6)
    assert max(found.weights) < 1e-3


def test_a_single_stroke_is_compared_with_blank_paper(plain, drawing):
    bar = Drawing(drawing.strokes[:1], 100, 100)
    photo = plain.gallery.by_id["frog/bar"]
    (drop,) = stroke_importance(plain, bar, photo.id).drops
    blank = Image.new("L", (32, 32), 255)
    assert drop == pytest.approx(cosine(plain, bar.render(32), photo) - cosine(plain, blank, photo), abs=1e-5)


def test_many_strokes_are_left_out_in_groups(plain, drawing, monkeypatch):
    """Of four strokes in three groups, the first two are left out together."""
    monkeypatch.setattr(module, "MOST", 3)
    photo = plain.gallery.by_id["frog/frog_0"]
    found = stroke_importance(plain, drawing, photo.id)
    assert found.groups == (0, 0, 1, 2)
    assert found.drops[0] == found.drops[1]
    left = cosine(plain, without(drawing, [0, 1], 32), photo)
    assert found.drops[0] == pytest.approx(cosine(plain, drawing.render(32), photo) - left, abs=1e-5)


def test_pictures_and_empty_sheets_and_unknown_photos_are_refused(plain, drawing):
    with pytest.raises(DrawingError, match="A picture has no strokes"):
        stroke_importance(plain, drawing.render(64), "frog/bar")
    with pytest.raises(DrawingError, match="Nothing has been drawn"):
        stroke_importance(plain, Drawing((), 100, 100), "frog/bar")
    with pytest.raises(GalleryError, match="no photo 'unicorn'"):
        stroke_importance(plain, drawing, "unicorn")
