"""The gallery's photos over HTTP: by id, scaled, and nothing else."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tests.browser.fake import MISSING
from zsbir.strokes import Drawing
from zsbir.ui.photos import photo_route
from zsbir.ui.results import photo_entry

DIAGONAL = {"width": 600, "height": 600, "strokes": [{"x": [200, 400], "y": [100, 500]}]}


@pytest.fixture
def photos(fake):
    """The photo route alone, with its gallery open."""
    fake[0].open("everyday", "plain").result(10)
    return TestClient(Starlette(routes=[photo_route(fake[0])])), fake[1]


def test_photos_are_served_by_id(photos):
    http, retriever = photos
    hit = retriever.retrieve(Drawing.from_json(DIAGONAL)).hits[0]
    answer = http.get(f"/{photo_entry(hit, 'everyday')['url']}?side=384")
    assert answer.status_code == 200
    assert answer.content == hit.path.read_bytes()
    assert str(hit.path.parent) not in str(answer.headers)


@pytest.mark.parametrize(
    "url",
    [
        "/photo/everyday/nothing",
        "/photo/everyday/../../etc/passwd",
        "/photo/everyday/..%2F..%2Fetc%2Fpasswd",
        "/photo/everyday/00.png",
        "/photo/shop/cat/00%20a%23b",
        "/photo/everyday/cat/00%20a%23b?side=7",
        f"/photo/everyday/office_chair/{MISSING:02d}%20a%23b",
    ],
)
def test_nothing_else_is_served(photos, url):
    assert photos[0].get(url).status_code == 404


def test_large_photos_are_scaled(photos):
    http, retriever = photos
    photo = retriever.gallery.photos[0]
    noise = np.random.default_rng(0).integers(0, 255, (900, 1200, 3), dtype=np.uint8)
    Image.fromarray(noise).save(retriever.gallery.path(photo))
    small = http.get("/photo/everyday/cat/00%20a%23b?side=384")
    assert Image.open(io.BytesIO(small.content)).size == (384, 288)
    retriever.gallery.path(photo).write_bytes(b"broken" * 100_000)
    assert http.get("/photo/everyday/cat/00%20a%23b?side=384").status_code == 404
