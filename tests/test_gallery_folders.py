"""Folders of all kinds as galleries: classes, flat, nested, with a table."""

import csv
import os

import pytest

from tests.zoo import RED, save_photo, save_zoo
from zsbir.errors import GalleryError
from zsbir.gallery import Photo, scan_folder
from zsbir.images.opening import _FILE_ENDS


@pytest.fixture
def zoo(tmp_path):
    save_zoo(tmp_path / "zoo")
    return tmp_path / "zoo"


def test_class_folders(zoo):
    save_photo(zoo / "Office-Chair" / "IMG 1.JPG", RED)
    photos = {photo.id: photo for photo in scan_folder(zoo)}
    assert len(photos) == 8
    assert photos["frog/frog_0"] == Photo("frog/frog_0", "frog/frog_0.png", "frog")
    assert photos["Office-Chair/IMG 1"].category == "office_chair"


def test_nested_folders_are_named_by_the_last(tmp_path):
    save_photo(tmp_path / "train" / "cat" / "a.png", RED)
    assert scan_folder(tmp_path) == [Photo("train/cat/a", "train/cat/a.png", "cat")]


def test_a_flat_folder_has_no_categories(tmp_path):
    save_photo(tmp_path / "beach.png", RED)
    assert scan_folder(tmp_path) == [Photo("beach", "beach.png", "", title="beach")]


def test_what_is_no_photo_is_left_out(tmp_path):
    save_photo(tmp_path / "a.png", RED)
    for name in (".hidden.png", "__MACOSX/a.png", ".git/a.png", "notes.txt", "a.png.txt", "._a.png"):
        save_photo(tmp_path / "x.png", RED)
        (tmp_path / name).parent.mkdir(exist_ok=True)
        os.replace(tmp_path / "x.png", tmp_path / name)
    assert [photo.file for photo in scan_folder(tmp_path)] == ["a.png"]


def test_every_format_that_can_be_opened_is_found(tmp_path):
    """Under the names that pictures out of parquet files get."""
    files = [f"a{end}" for end in sorted({*_FILE_ENDS.values(), ".heic"})]
    for file in files:
        (tmp_path / file).touch()
    assert [photo.file for photo in scan_folder(tmp_path)] == files


def test_ids_are_unique_and_do_not_depend_on_the_other_photos(tmp_path):
    for name in ("a.png", "a.jpg", "b.png", "a.jpg.png"):
        save_photo(tmp_path / name, RED)
    ids = {photo.file: photo.id for photo in scan_folder(tmp_path)}
    assert ids == {"a.png": "a.png", "a.jpg": "a.jpg", "b.png": "b", "a.jpg.png": "a.jpg.png"}


def test_metadata_csv_as_hugging_face_writes_it(zoo):
    with open(zoo / "metadata.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            [
                ("file_name", "label", "text", "licence"),
                ("frog/frog_0.png", "Tree Frog", "A frog", "CC0"),
                ("frog/frog_0.png", "Tree Frog", "Another caption", "CC0"),
                ("whale/gone.png", "whale", "", ""),
            ]
        )
    assert scan_folder(zoo) == [
        Photo("frog/frog_0", "frog/frog_0.png", "tree_frog", "A frog", licence="CC0"),
        Photo("whale/gone", "whale/gone.png", "whale"),
    ]


def test_metadata_without_categories_takes_the_folders(zoo):
    (zoo / "metadata.csv").write_text("file_name\nfrog/frog_0.png\n", encoding="utf-8")
    assert scan_folder(zoo)[0].category == "frog"


def test_metadata_without_files_is_told(zoo):
    (zoo / "metadata.csv").write_text("label\nfrog\n", encoding="utf-8")
    with pytest.raises(GalleryError, match="no column 'file_name'"):
        scan_folder(zoo)


def test_folders_that_hold_nothing(tmp_path):
    with pytest.raises(GalleryError, match="There are no photos in"):
        scan_folder(tmp_path)
    with pytest.raises(GalleryError, match="There is no folder"):
        scan_folder(tmp_path / "nope")
