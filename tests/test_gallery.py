"""Galleries: the table of photos, folders of all kinds, and what must not be written or read."""

import json
import os

import pytest

from tests.zoo import save_zoo
from zsbir.errors import GalleryError
from zsbir.gallery import (
    Photo,
    create_gallery,
    list_galleries,
    load_gallery,
    read_photos,
    scan_folder,
    write_photos,
)
from zsbir.gallery.atomic import write_atomically

LION = Photo("lion", "photos/lion.jpg", "lion", 'A "lion", asleep', "leo", "Ada", "CC0", "stamps")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("ZSBIR_GALLERIES", str(tmp_path / "galleries"))
    return tmp_path / "galleries"


@pytest.fixture
def zoo(tmp_path):
    save_zoo(tmp_path / "zoo")
    return tmp_path / "zoo"


def snapshot(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


# The table


def test_photos_csv_round_trip(tmp_path):
    photos = [LION, Photo("ä/1", "ä/1.png", "", source="x\ny")]
    write_photos(tmp_path / "photos.csv", photos)
    assert read_photos(tmp_path / "photos.csv") == photos
    heading = (tmp_path / "photos.csv").read_text(encoding="utf-8").splitlines()[0]
    assert heading == "id,file,category,title,instance,credit,licence,source"


def test_a_table_out_of_a_spreadsheet_reads_the_same(tmp_path):
    """Spreadsheets write a byte order mark, other line ends and another order of columns."""
    text = "\ufeffcategory,id,file,note\r\nlion,a,a.jpg,mine\r\n"
    (tmp_path / "photos.csv").write_bytes(text.encode("utf-8"))
    assert read_photos(tmp_path / "photos.csv") == [Photo("a", "a.jpg", "lion")]


@pytest.mark.parametrize(
    "file",
    [
        "../secret.jpg",
        "a/../../secret.jpg",
        "/etc/passwd",
        "..",
        ".",
        "",
        "C:\\x.jpg",
        "C:x.jpg",
        "..\\x.jpg",
        "a\0b",
    ],
)
def test_a_photo_cannot_lie_outside_its_gallery(file):
    with pytest.raises(GalleryError, match="inside the gallery's folder"):
        Photo("a", file, "lion")


@pytest.mark.parametrize("file", ["a.jpg", "a b/c..d.jpg", "12:30.png", "ü/..hidden.png"])
def test_odd_names_are_fine(file):
    assert Photo("a", file, "lion").file == file


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,file\na,a.jpg\n", "no column 'category'"),
        ("id,file,category\na,a.jpg,x\na,b.jpg,x\n", "'a' twice"),
        ("id,file,category\n,a.jpg,x\n", "no id"),
        ("id,file,category\na,../a.jpg,x\n", "inside"),
        ('id,file,category\na,"a.jpg,x\n', "no CSV table"),
    ],
)
def test_broken_tables_are_told(tmp_path, text, message):
    (tmp_path / "photos.csv").write_text(text, encoding="utf-8")
    with pytest.raises(GalleryError, match=message):
        read_photos(tmp_path / "photos.csv")


def test_a_missing_table_is_told(tmp_path):
    with pytest.raises(GalleryError, match="Cannot read"):
        read_photos(tmp_path / "photos.csv")


# Galleries


def test_a_gallery_of_a_folder_leaves_the_folder_alone(zoo, home):
    before = snapshot(zoo)
    gallery = create_gallery("mine", zoo)
    assert snapshot(zoo) == before
    assert gallery == load_gallery("mine")
    assert (gallery.name, gallery.root, gallery.home) == ("mine", zoo, home / "mine")
    assert gallery.categories == ["frog", "ladybird", "whale"]
    assert gallery.path(gallery.by_id["frog/frog_0"]).is_file()
    assert list_galleries() == ["mine"]
    assert gallery.reference == "mine"


def test_a_gallery_follows_its_folder_when_that_moves(zoo, tmp_path):
    create_gallery("mine", zoo)
    zoo.rename(tmp_path / "moved")
    assert create_gallery("mine", tmp_path / "moved").root == tmp_path / "moved"


def test_a_gallery_that_holds_its_photos_is_found_by_folder_too(zoo):
    write_photos(zoo / "photos.csv", scan_folder(zoo))
    gallery = load_gallery(zoo)
    assert gallery.root == gallery.home == zoo
    assert gallery.reference == str(zoo)


def test_a_gallery_that_holds_its_photos_is_not_overwritten(zoo, home):
    save_zoo(home / "own")
    write_photos(home / "own" / "photos.csv", scan_folder(home / "own")[:1])
    with pytest.raises(GalleryError, match="holds its own photos"):
        create_gallery("own", zoo)
    assert create_gallery("own", home / "own") == load_gallery("own")
    assert len(load_gallery("own").photos) == 1


@pytest.mark.parametrize("name", ["", "..", "a/b", ".hidden", "a b", "-x"])
def test_names_that_cannot_be_folders(zoo, name):
    with pytest.raises(GalleryError, match="cannot name a gallery"):
        create_gallery(name, zoo)


def test_an_unknown_gallery_is_told_with_those_there_are(zoo):
    create_gallery("mine", zoo)
    with pytest.raises(GalleryError, match=r"no gallery 'yours' \(there are: mine\)"):
        load_gallery("yours")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"root": 3}'])
def test_a_broken_gallery_json_is_told(zoo, home, text):
    create_gallery("mine", zoo)
    (home / "mine" / "gallery.json").write_text(text, encoding="utf-8")
    with pytest.raises(GalleryError, match="does not say where the photos are"):
        load_gallery("mine")
    create_gallery("mine", zoo)
    origin = json.loads((home / "mine" / "gallery.json").read_text(encoding="utf-8"))
    assert origin == {"root": str(zoo), "source": str(zoo)}


# Writing


def test_an_interrupted_write_leaves_the_old_file(tmp_path, monkeypatch):
    write_atomically(tmp_path / "a", b"old")

    def stop(handle):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", stop)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "a", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_bytes() == b"old"


def test_a_folder_that_cannot_be_written_to_is_told(zoo, home):
    home.write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(GalleryError, match=r"Cannot write to .* ZSBIR_GALLERIES"):
        create_gallery("mine", zoo)
