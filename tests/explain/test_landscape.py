"""The map, against numpy's own decomposition, and the drawing's place among its photos."""

import numpy as np
import pytest

from zsbir.explain import gallery_map, place_drawing


@pytest.mark.parametrize("name", ["plain", "deep-dual-fine-grained"])
def test_points_are_the_first_two_principal_components(retrievers, name):
    retriever = retrievers[name]
    vectors = retriever.index.vectors(retriever.index.places()).astype(np.float64)
    centred = vectors - vectors.mean(axis=0)
    _, sizes, axes = np.linalg.svd(centred, full_matrices=False)
    expected = centred @ axes[:2].T
    expected /= np.abs(expected).max()
    found = gallery_map(retriever)
    assert found.photos == retriever.index.photos
    for axis in (0, 1):
        same = found.points[:, axis] * np.sign(found.points[0, axis])
        assert same == pytest.approx(expected[:, axis] * np.sign(expected[0, axis]), abs=1e-3)
    assert found.explained == pytest.approx((sizes[:2] ** 2).sum() / (sizes**2).sum(), abs=1e-4)


def test_a_map_is_worked_out_once_for_what_the_index_holds(retrievers):
    assert gallery_map(retrievers["plain"]) is gallery_map(retrievers["plain"])
    assert gallery_map(retrievers["plain"]) is not gallery_map(retrievers["splip-category"])


@pytest.mark.parametrize(("name", "mode"), [("plain", "category"), ("dp-clip-fine-grained", "fine-grained")])
def test_the_drawing_stands_among_the_photos_that_it_finds(retrievers, drawing, name, mode):
    """By hand: each of the searched photos weighted by what it scores above the last."""
    retriever = retrievers[name]
    result = retriever.retrieve(drawing, mode, 11, category="frog" if mode == "fine-grained" else None)
    points = dict(zip((p.id for p in retriever.index.photos), gallery_map(retriever).points, strict=True))
    weights = [hit.score - result.hits[-1].score for hit in result.hits]
    pairs = zip(weights, result.hits, strict=True)
    expected = sum(weight * points[hit.photo.id] for weight, hit in pairs) / sum(weights)
    assert place_drawing(retriever, result) == pytest.approx(tuple(expected), abs=1e-3)
