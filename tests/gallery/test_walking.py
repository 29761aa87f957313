"""Links in photo folders are followed wherever they lead: each folder once, and never in circles."""

import pytest

from tests.zoo import GREEN, RED, save_photo, save_zoo
from zsbir.gallery import create_gallery, scan_folder
from zsbir.gallery.sources.walking import walk


@pytest.fixture
def sets(tmp_path):
    """A folder of links to class folders that lie elsewhere, as people put datasets together."""
    save_zoo(tmp_path / "store" / "zoo")
    save_photo(tmp_path / "store" / "others" / "cat" / "tom.png", RED)
    (tmp_path / "set").mkdir()
    for name, place in (("frog", "zoo/frog"), ("ladybird", "zoo/ladybird"), ("pets", "others")):
        (tmp_path / "set" / name).symlink_to(tmp_path / "store" / place)
    return tmp_path / "set"


def slow_walk(folder):
    """Every shown file below a folder that has no links."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in found if not any(part.startswith(".") for part in path.parts))


def test_without_links_every_shown_file_is_found(tmp_path):
    save_zoo(tmp_path)
    save_photo(tmp_path / ".hidden" / "cat" / "a.png", RED)
    save_photo(tmp_path / "deep" / "down" / "there" / "a.png", RED)
    assert sorted(walk(tmp_path)) == slow_walk(tmp_path)


def test_linked_class_folders_are_categories(sets, caplog):
    photos = {photo.file: photo.category for photo in scan_folder(sets)}
    assert photos == {
        **{f"frog/frog_{number}.png": "frog" for number in range(3)},
        **{f"ladybird/ladybird_{number}.png": "ladybird" for number in range(2)},
        "pets/cat/tom.png": "cat",
    }
    assert caplog.text == ""


def test_their_photos_can_be_opened(sets, tmp_path, monkeypatch):
    monkeypatch.setenv("ZSBIR_GALLERIES", str(tmp_path / "galleries"))
    gallery = create_gallery("mine", sets)
    assert len(gallery.photos) == 6 and all(gallery.path(photo).is_file() for photo in gallery.photos)


def test_a_folder_counts_once_and_under_its_own_name_if_it_has_one(sets, caplog):
    save_photo(sets / "own" / "a.png", GREEN)
    (sets / "also").symlink_to(sets / "own")
    (sets / "croaking").symlink_to(sets / "frog")
    found = {name for name in walk(sets) if name.startswith(("own", "also", "croaking", "frog"))}
    assert found == {"own/a.png", *(f"croaking/frog_{number}.png" for number in range(3))}
    assert f"2 folders that links in {sets} lead to, such as also, are taken already" in caplog.text


def test_what_a_linked_folder_holds_counts_once_too(sets, tmp_path, caplog):
    (sets / "zoo").symlink_to(tmp_path / "store" / "zoo")
    found = [name for name in walk(sets) if "frog" in name]
    assert sorted(found) == [f"frog/frog_{number}.png" for number in range(3)]
    assert f"2 folders that links in {sets} lead to, such as zoo/frog, are taken" in caplog.text


@pytest.mark.parametrize("there", [".", "..", "../..", "../set"])
def test_links_in_a_circle_have_an_end(sets, tmp_path, there):
    before = sorted(walk(sets))
    (sets / "circle").symlink_to(there)
    save_photo(tmp_path / "store" / "others" / "aside.png", RED)
    (tmp_path / "store" / "others" / "back").symlink_to(sets)
    assert sorted(walk(sets)) == sorted([*before, "pets/aside.png"])


def test_two_folders_may_link_to_each_other(tmp_path):
    for one, other in (("a", "b"), ("b", "a")):
        save_photo(tmp_path / one / f"{one}.png", RED)
        (tmp_path / one / "other").symlink_to(tmp_path / other)
    assert sorted(walk(tmp_path)) == ["a/a.png", "b/b.png"]
    assert sorted(walk(tmp_path / "a")) == ["a.png", "other/b.png"]


def test_a_folder_that_is_hidden_here_can_be_linked_to(tmp_path):
    save_photo(tmp_path / ".cache" / "v2" / "cat.png", RED)
    (tmp_path / "cats").symlink_to(tmp_path / ".cache" / "v2")
    assert list(walk(tmp_path)) == ["cats/cat.png"]
