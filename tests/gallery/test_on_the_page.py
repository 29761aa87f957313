"""Galleries that come, go and change while the page is open."""

import asyncio
import shutil
from types import SimpleNamespace

import pytest

from tests.fake_checkpoint import FakeCheckpoint
from tests.index.kit import build
from tests.zoo import BLUE, save_photo, save_zoo
from zsbir.errors import GalleryError
from zsbir.gallery import create_gallery, load_gallery
from zsbir.index import PhotoIndex
from zsbir.index.sidecar import stamp_index
from zsbir.retriever import Retriever
from zsbir.strokes import Drawing
from zsbir.ui.bundled import bundled
from zsbir.ui.events import describer, offerer
from zsbir.ui.service import Service


@pytest.fixture
def zoo(tmp_path):
    save_zoo(tmp_path / "zoo")
    return tmp_path / "zoo"


@pytest.fixture
def checkpoint(tmp_path):
    return FakeCheckpoint(tmp_path / "plain", "plain")


@pytest.fixture
def service(checkpoint):
    """The page's own service, but for the model."""
    opened = bundled("zoo", "plain")

    def load(gallery, _):
        photos = load_gallery(gallery)
        return Retriever(photos, checkpoint, PhotoIndex.load(photos, checkpoint))

    return Service(lambda: opened.galleries, ["plain"], load, "plain", opened._stamp)


def loaded(service, gallery):
    """What a page that is loaded with a gallery chosen is told: the chooser, and the last status."""
    chooser = offerer(service)(gallery)

    async def describe():
        gallery_now = chooser.get("value", gallery)
        return [status async for status, _ in describer(service)(gallery_now, "plain", "category", "")][-1]

    return chooser, asyncio.run(describe())


def test_a_gallery_made_meanwhile_is_offered_and_one_deleted_is_not(zoo, checkpoint, service):
    build(create_gallery("zoo", zoo), checkpoint)
    assert service.galleries == ["zoo"]
    build(create_gallery("more", zoo), checkpoint)
    chooser, status = loaded(service, "more")
    assert (status["state"], chooser["choices"]) == ("ready", ["zoo", "more"]) and "value" not in chooser
    shutil.rmtree(load_gallery("more").home)
    chooser, status = loaded(service, "more")
    assert (status["state"], chooser["choices"], chooser["value"]) == ("ready", ["zoo"], "zoo")
    with pytest.raises(GalleryError, match="no gallery 'lost'"):
        service.open("lost", "plain").result()


def test_an_index_built_again_is_opened_when_the_page_is_loaded(zoo, checkpoint, service):
    build(create_gallery("zoo", zoo), checkpoint)
    first = service.open("zoo", "plain").result()
    assert service.open("zoo", "plain").result() is first
    save_photo(zoo / "whale" / "whale_9.png", BLUE)
    gallery = create_gallery("zoo", zoo)
    assert service.open("zoo", "plain").result() is first  # the table is new, the index not yet
    build(gallery, checkpoint)
    _, status = loaded(service, "zoo")
    assert status["says"][0]["values"]["photos"] == 8
    assert service.photo("zoo", "whale/whale_9") == zoo / "whale" / "whale_9.png"


def test_photos_deleted_meanwhile_are_left_out_of_what_is_found(zoo, checkpoint, service, caplog):
    build(create_gallery("zoo", zoo), checkpoint)
    retriever = service.open("zoo", "plain").result()
    (zoo / "frog" / "frog_0.png").unlink()
    (zoo / "frog" / "frog_1.png").rename(zoo / "frog" / "renamed.png")
    drawing = Drawing.from_json({"width": 9, "height": 9, "strokes": [{"x": [1, 8], "y": [1, 8]}]})
    hits = retriever.search(drawing, k=7)
    assert {hit.photo.id for hit in hits} == set(retriever.gallery.by_id) - {"frog/frog_0", "frog/frog_1"}
    assert "frog_0.png is gone from the disk" in caplog.text


def test_a_gallery_of_the_hub_has_a_name_that_addresses_can_hold():
    assert bundled("hf://datasets/user/zoo@main", "plain").galleries[0] == "zoo"


def test_no_index_has_no_stamp(zoo, checkpoint):
    gallery = create_gallery("zoo", zoo)
    assert stamp_index(gallery, checkpoint) is None
    assert Service(["a"], ["plain"], lambda *_: SimpleNamespace()).galleries == ["a"]
