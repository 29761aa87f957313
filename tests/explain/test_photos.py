"""More like this, against all photos compared one by one."""

import pytest

from zsbir.explain import more_like
from zsbir.images import open_image, to_pixels


def vector(retriever, photo):
    method = retriever.checkpoint.method
    category = photo.category if method.needs_category else None
    retriever.teach(category)
    pixels = to_pixels(open_image(retriever.gallery.path(photo)), method.preprocess)
    return method.embed_photos(pixels, category)[0]


@pytest.mark.parametrize(
    ("name", "category"), [("plain", None), ("plain", "frog"), ("deep-dual-fine-grained", None)]
)
def test_photos_are_ranked_by_the_chosen_one(retrievers, name, category):
    retriever = retrievers[name]
    chosen = retriever.gallery.by_id["whale/whale_0"]
    others = [p for p in retriever.gallery.photos if p != chosen and category in (None, p.category)]
    scores = {p.id: float(vector(retriever, p) @ vector(retriever, chosen)) for p in others}
    hits = more_like(retriever, chosen.id, 3, category)
    assert [hit.photo.id for hit in hits] == sorted(scores, key=lambda id: -scores[id])[:3]
    assert [hit.score for hit in hits] == pytest.approx([scores[hit.photo.id] for hit in hits], abs=1e-5)
    assert [hit.rank for hit in hits] == [1, 2, 3][: len(hits)]


def test_vectors_of_other_categories_are_not_compared_where_each_has_its_own_prompts(retrievers):
    hits = more_like(retrievers["dp-clip-fine-grained"], "frog/bar")
    assert {hit.category for hit in hits} == {"frog"} and len(hits) == 3
