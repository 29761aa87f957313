"""The drawings that the page offers at the start, with the model and the gallery that the clone brings."""

from __future__ import annotations

from pathlib import Path

import pytest

from zsbir.strokes import Drawing
from zsbir.ui.answers import Query
from zsbir.ui.bundled import bundled
from zsbir.ui.examples import examples

ROOT = Path(__file__).parents[1]
SHOWS = {"lamp": {"table_lamp", "floor_lamp"}}  # where the gallery has a finer word for what is drawn


@pytest.fixture(scope="module")
def first():
    """What the first photo of a drawing shows, as the page searches that nobody has set."""
    service = bundled(ROOT / "gallery" / "everyday", device="cpu")

    def search(strokes):
        drawing = Drawing.from_json({"width": 600, "height": 600, "strokes": strokes})
        query = Query(drawing, "category", 1, None, service.galleries[0], service.family)
        return service.search(query).result().result.hits[0].category

    return search


@pytest.mark.parametrize("example", examples(), ids=lambda example: example["name"])
def test_the_first_photo_shows_what_an_example_draws(first, example):
    assert first(example["strokes"]) in SHOWS.get(example["name"], {example["name"]})
