"""What else an index gives than rankings: where photos stand, their vectors, and a name for all of it."""

import numpy as np
import pytest

from tests.fake_checkpoint import FakeCheckpoint
from tests.index.kit import build, embedding
from tests.zoo import GREEN, save_photo
from zsbir.errors import GalleryError
from zsbir.gallery import create_gallery
from zsbir.index import PhotoIndex


@pytest.fixture
def index(gallery, checkpoint):
    build(gallery, checkpoint)
    return PhotoIndex.load(gallery, checkpoint)


def test_vectors_are_those_of_the_photos_at_their_places(index, gallery, checkpoint):
    places = np.array([index.place(photo.id) for photo in gallery.photos[::-2]])
    expected = [embedding(gallery.path(photo), checkpoint) for photo in gallery.photos[::-2]]
    assert index.vectors(places) == pytest.approx(np.stack(expected), abs=1e-6)
    assert index.vectors(places[:0]).shape == (0, checkpoint.method.dim)


@pytest.mark.parametrize("category", [None, "frog", "whale"])
def test_places_are_those_of_a_category(index, category):
    expected = [i for i, photo in enumerate(index.photos) if category in (None, photo.category)]
    assert index.places(category).tolist() == expected


def test_what_the_index_lacks_is_told(index):
    with pytest.raises(GalleryError, match="no photo 'unicorn/1'"):
        index.place("unicorn/1")
    with pytest.raises(GalleryError, match="'unicorn'"):
        index.places("unicorn")


def test_the_digest_names_photos_and_weights_alone(index, gallery, zoo, checkpoint):
    again = FakeCheckpoint(checkpoint.path, digest="sha256:" + "cd" * 32)
    build(gallery, again)
    other = PhotoIndex.load(gallery, again).digest
    build(gallery, checkpoint)
    assert index.digest == PhotoIndex.load(gallery, checkpoint).digest != other
    save_photo(zoo / "frog" / "frog_9.png", GREEN)
    grown = create_gallery("zoo", zoo)
    build(grown, checkpoint)
    assert PhotoIndex.load(grown, checkpoint).digest != index.digest
