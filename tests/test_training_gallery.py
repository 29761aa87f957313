"""The gallery's own pictures among the training photos."""

import pytest

from tests.zoo import save_photo, save_zoo
from zsbir.errors import GalleryError
from zsbir.gallery import scan_folder, write_photos
from zsbir.training.backbone.corpus import load_gallery_photos


@pytest.fixture
def zoo(tmp_path):
    """A gallery that holds its own eight photos."""
    save_zoo(tmp_path)
    save_photo(tmp_path / "whale" / "last.png", (0, 0, 0))
    write_photos(tmp_path / "photos.csv", scan_folder(tmp_path))
    return tmp_path


def test_every_picture_comes_with_its_category(zoo):
    pool = load_gallery_photos(zoo, 24)
    assert pool.pixels.shape == (8, 3, 24, 24)
    # By their canonical names: a ladybird is a ladybug in all sets.
    assert sorted(pool.names) == ["frog"] * 3 + ["ladybug"] * 2 + ["whale"] * 3
    red = pool.pixels[pool.names.index("ladybug")].float().mean((1, 2))
    assert red.argmax() == 0  # pixels and names stayed together


def test_a_broken_picture_is_left_out(zoo):
    (zoo / "whale" / "last.png").write_bytes(b"no picture")
    assert len(load_gallery_photos(zoo, 24).names) == 7


def test_a_gallery_that_is_not_there_is_named():
    with pytest.raises(GalleryError, match="no_such_gallery"):
        load_gallery_photos("no_such_gallery", 24)
