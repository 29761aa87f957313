"""Methods that look at photos of a category before they embed any: which, and what changes with them."""

import json

import pytest
import torch

from tests.fake_checkpoint import FakeMethod
from tests.index.kit import build, embedding
from tests.zoo import BLUE, RED, save_photo
from zsbir.errors import IndexMismatchError
from zsbir.gallery import create_gallery, load_gallery
from zsbir.images import open_image, to_pixels
from zsbir.index import PhotoIndex
from zsbir.index.sidecar import Sidecar


@pytest.fixture
def checkpoint(checkpoint):
    checkpoint.method = FakeMethod(needs_category=True, support=2)
    return checkpoint


def sidecar(folder):
    return Sidecar.from_bytes((folder / "photos.json").read_bytes())


def test_the_first_photos_by_id_teach_a_category(gallery, zoo, checkpoint, folder):
    build(gallery, checkpoint)
    assert sidecar(folder).support == {
        "frog": ["frog/frog_0", "frog/frog_1"],
        "ladybird": ["ladybird/ladybird_0", "ladybird/ladybird_1"],
        "whale": ["whale/whale_0", "whale/whale_1"],
    }
    shown = checkpoint.method.remembered["frog"]
    pictures = [open_image(zoo / "frog" / f"frog_{i}.png") for i in (0, 1)]
    assert torch.equal(shown, to_pixels(pictures, checkpoint.method.preprocess))
    index = PhotoIndex.load(gallery, checkpoint)
    assert [photo.id for photo in index.support["frog"]] == ["frog/frog_0", "frog/frog_1"]
    frog = gallery.by_id["frog/frog_2"]
    found = index.search(embedding(gallery.path(frog), checkpoint, "frog"), 1, "frog")
    assert found.photos == (frog,) and found.scores[0] == pytest.approx(1)


def test_nothing_is_embedded_again_while_the_support_stays(gallery, zoo, checkpoint, folder):
    build(gallery, checkpoint)
    before = (folder / "photos.json").read_bytes()
    assert build(gallery, checkpoint).embedded == 0
    assert (folder / "photos.json").read_bytes() == before
    save_photo(zoo / "frog" / "frog_9.png", RED)  # behind the first two
    assert build(create_gallery("zoo", zoo), checkpoint).embedded == 1


def test_other_support_photos_embed_their_whole_category_again(gallery, zoo, checkpoint):
    build(gallery, checkpoint)
    save_photo(zoo / "frog" / "a_frog.png", RED)  # before the others
    gallery = create_gallery("zoo", zoo)
    with pytest.raises(IndexMismatchError, match="1 are new"):
        PhotoIndex.load(gallery, checkpoint)
    assert build(gallery, checkpoint).embedded == 4
    assert build(gallery, checkpoint).embedded == 0
    save_photo(zoo / "frog" / "a_frog.png", BLUE)  # under the same name
    assert build(gallery, checkpoint).embedded == 4
    assert len(PhotoIndex.load(gallery, checkpoint)) == 8


def test_a_support_photo_that_cannot_be_read_is_replaced_by_the_next(gallery, zoo, checkpoint, folder):
    (zoo / "frog" / "frog_0.png").write_text("no picture", encoding="utf-8")
    build(gallery, checkpoint)
    assert sidecar(folder).support["frog"] == ["frog/frog_1", "frog/frog_2"]


def test_a_single_photo_serves_as_the_whole_support_and_is_told(gallery, zoo, checkpoint, folder, caplog):
    (zoo / "whale" / "whale_0.png").unlink()
    gallery = create_gallery("zoo", zoo)
    build(gallery, checkpoint)
    assert sidecar(folder).support["whale"] == ["whale/whale_1"]
    (record,) = caplog.records
    assert "fake looks at 2 photos of a category" in record.getMessage()
    assert record.getMessage().endswith("served by what there is: whale.")


def test_a_category_of_which_nothing_can_be_read_is_left_out(gallery, zoo, checkpoint, folder):
    for path in (zoo / "whale").glob("*.png"):
        path.write_bytes(b"")
    assert build(gallery, checkpoint).embedded == 5
    assert len(PhotoIndex.load(gallery, checkpoint)) == 5
    assert "whale" not in sidecar(folder).support


def test_photos_without_a_category_are_one_category(gallery, zoo, checkpoint):
    photos = (gallery.home / "photos.csv").read_text(encoding="utf-8").replace(",frog,", ",,")
    (gallery.home / "photos.csv").write_text(photos, encoding="utf-8")
    build(load_gallery("zoo"), checkpoint)
    assert checkpoint.method.categories_seen.count("") == 2  # two batches
    assert len(PhotoIndex.load(load_gallery("zoo"), checkpoint).support[""]) == 2


def test_support_that_names_a_photo_that_is_not_there_is_refused(gallery, checkpoint, folder):
    build(gallery, checkpoint)
    values = json.loads((folder / "photos.json").read_text(encoding="utf-8"))
    values["support"]["frog"][0] = "frog/unknown"
    (folder / "photos.json").write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(IndexMismatchError, match="its support photos are not among its photos"):
        PhotoIndex.load(gallery, checkpoint)
    build(gallery, checkpoint)
    assert len(PhotoIndex.load(gallery, checkpoint)) == 7


# Indexes of before there was support


def as_format_1(path):
    values = json.loads(path.read_text(encoding="utf-8"))
    del values["support"]
    path.write_text(json.dumps({**values, "format": 1}), encoding="utf-8")


def test_an_index_of_format_1_is_read_and_brought_up_to_date_without_embedding(gallery, checkpoint, folder):
    checkpoint.method = FakeMethod()
    build(gallery, checkpoint)
    new = (folder / "photos.json").read_bytes()
    as_format_1(folder / "photos.json")
    assert len(PhotoIndex.load(gallery, checkpoint)) == 7
    assert build(gallery, checkpoint).embedded == 0
    assert (folder / "photos.json").read_bytes() == new


def test_an_index_of_format_1_does_not_serve_a_method_that_needs_support(gallery, checkpoint, folder):
    build(gallery, checkpoint)
    as_format_1(folder / "photos.json")
    with pytest.raises(IndexMismatchError, match="7 changed category"):
        PhotoIndex.load(gallery, checkpoint)
