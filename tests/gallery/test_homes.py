"""Where galleries are made and found, also when their folder cannot be written to."""

import os

import pytest

from tests.zoo import save_zoo
from zsbir.errors import GalleryError
from zsbir.gallery import (
    create_gallery,
    galleries_home,
    homes,
    indexed_checkpoints,
    list_galleries,
    load_gallery,
)


@pytest.fixture
def zoo(tmp_path):
    save_zoo(tmp_path / "zoo")
    return tmp_path / "zoo"


@pytest.fixture
def sealed(monkeypatch, home):
    """Make the folder of the galleries read-only; a test may run as root, whom no permission stops."""

    def seal():
        access = os.access
        monkeypatch.setattr(
            os, "access", lambda path, mode: not str(path).startswith(str(home)) and access(path, mode)
        )

    return seal


def test_new_galleries_go_to_the_cache_and_are_found_there(zoo, sealed, tmp_path):
    create_gallery("old", zoo)
    sealed()
    gallery = create_gallery("new", zoo)
    assert gallery.home == tmp_path / "cache" / "galleries" / "new"
    assert load_gallery("new") == gallery and gallery.reference == "new"
    assert list_galleries() == ["new", "old"]


def test_a_read_only_gallery_keeps_its_indexes_in_the_cache(zoo, sealed, tmp_path):
    gallery = create_gallery("zoo", zoo)
    (gallery.home / "index" / "plain").mkdir(parents=True)
    (gallery.home / "index" / "plain" / "photos.json").touch()
    assert gallery.index_homes[0] == gallery.home / "index"
    sealed()
    elsewhere, own = load_gallery("zoo").index_homes
    assert elsewhere.parent == tmp_path / "cache" / "indexes" and own == gallery.home / "index"
    (elsewhere / "clip-at").mkdir(parents=True)
    (elsewhere / "clip-at" / "photos.json").touch()
    assert indexed_checkpoints("zoo") == indexed_checkpoints(gallery.home) == ["clip-at", "plain"]


def test_two_galleries_of_one_name_in_different_places_share_no_indexes(tmp_path):
    folders = [homes.indexes_elsewhere(tmp_path / place / "zoo") for place in "ab"]
    assert folders[0] != folders[1] and {folder.name[:4] for folder in folders} == {"zoo-"}


def test_beside_the_package_where_a_clone_has_its_galleries(monkeypatch, tmp_path):
    """An installed package has none, and what a Space is made of is thrown away at each restart."""
    monkeypatch.delenv("ZSBIR_GALLERIES")
    cached = tmp_path / "cache" / "galleries"
    monkeypatch.setattr(homes, "BUNDLED", tmp_path / "gallery")
    assert galleries_home() == cached
    (tmp_path / "gallery").mkdir()
    assert galleries_home() == tmp_path / "gallery"
    monkeypatch.setenv("SPACE_ID", "user/space")
    assert galleries_home() == cached


def test_a_read_only_gallery_is_not_brought_up_to_date(zoo, sealed):
    create_gallery("zoo", zoo)
    sealed()
    with pytest.raises(GalleryError, match=r"'zoo' in .* cannot be written to; choose another name"):
        create_gallery("zoo", zoo)
