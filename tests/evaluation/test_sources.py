"""Sketches and photos of different places: other datasets, drawings, galleries, several sets as one."""

import json
import sys
from types import SimpleNamespace

import pytest

from tests.evaluation.kit import COLOURS, picture, write_set
from zsbir.data import open_dataset
from zsbir.errors import DataError
from zsbir.evaluation.options import Options
from zsbir.evaluation.protocols import zero_shot
from zsbir.evaluation.sources import join, open_photos


def test_between_datasets_a_kind_answers_for_its_category(tmp_path, checkpoint, call):
    sketches = write_set(
        tmp_path / "sketches.zip",
        [("s/d.png", "dog", "sketch", "", "dev"), ("s/r.png", "dalmatian", "sketch", "", "dev")],
    )
    photos = write_set(
        tmp_path / "photos.zip",
        [("p/1.png", "dalmatian", "photo", "", "train"), ("p/2.png", "pizza", "photo", "", "train")],
    )
    report = call(sketches, "--photos", photos)
    assert {row["category"]: row["photos"] for row in report["categories"]} == {"dog": 1, "dalmatian": 1}
    assert report["counts"]["photos"] == 2  # the pizza stays as a distractor
    # Within one dataset the papers' rule holds: exactly the same category.
    mixed = open_dataset(
        write_set(
            tmp_path / "mixed.zip",
            [("s/d.png", "dog", "sketch", "", ""), ("p/1.png", "dalmatian", "photo", "", "")],
        )
    )
    with pytest.raises(DataError, match="None of the 1 sketches"):
        zero_shot(mixed, None, Options())


def test_drawings_search_photos_of_another_dataset(tmp_path, checkpoint, call):
    lines = "\n".join(json.dumps({"word": "apple", "drawing": [[[0, i], [0, 9]]]}) for i in range(10))
    (tmp_path / "apple.ndjson").write_text(lines)
    photos = write_set(tmp_path / "photos.zip", [("p/1.png", "apple", "photo", "", "train")])
    report = call(tmp_path / "apple.ndjson", "--photos", photos)
    assert (report["data"]["split"], report["counts"]["queries"]) == ("dev", 4)
    (tmp_path / "folder/apple").mkdir(parents=True)
    (tmp_path / "folder/apple/1.png").write_bytes(picture(COLOURS["apple"]))
    report = call(tmp_path / "folder", "--photos", photos)  # class folders: sketches, since it searches
    assert report["counts"]["queries"] == 1


def test_a_gallery_is_a_set_of_photos(pairs, tmp_path, checkpoint, call, monkeypatch):
    photo = SimpleNamespace(file="pear/1.png", category="pears", instance="b1")
    gallery = SimpleNamespace(root=tmp_path, photos=(photo,))
    (tmp_path / "pear").mkdir()
    (tmp_path / "pear/1.png").write_bytes(picture(COLOURS["pear"]))
    fake = SimpleNamespace(load_gallery={"everyday": gallery}.__getitem__)
    monkeypatch.setitem(sys.modules, "zsbir.gallery", fake)
    assert open_photos("gallery:everyday").items[0].category == "pear"
    for argv in (["--gallery", "everyday"], ["--photos", "gallery:everyday"]):
        report = call(pairs, *argv)
        assert report["data"]["photos"] == "gallery:everyday"
        assert (report["counts"]["queries"], report["metrics"]["acc@1_all"]) == (1, 1)


def test_several_sets_are_evaluated_as_one(pairs, tmp_path, checkpoint, call):
    bats = [
        ("p/a1.png", "bat", "photo", "x", "unseen_dev"),  # a file of the same name as in the other set
        ("s/x-1.png", "bat", "sketch", "x", "unseen_dev"),
    ]
    other = write_set(tmp_path / "bats.zip", bats)
    report = call(pairs, other)
    assert report["data"]["sketches"] == report["data"]["photos"] == "pairs+bats"
    assert (report["counts"]["queries"], report["counts"]["photos"]) == (4, 4)
    assert report["metrics"]["mAP@all"] == 1
    assert report["counts"]["queries_with_pair"] == 3


def test_joined_sets_read_their_own_files(pairs, tmp_path):
    (tmp_path / "apple.ndjson").write_text(json.dumps({"word": "apple", "drawing": [[[0, 5], [0, 9]]]}))
    drawings, pictures = open_dataset(tmp_path / "apple.ndjson"), open_dataset(pairs)
    both = join([pictures, drawings])
    for original, item in zip((*pictures.items, *drawings.items), both.items, strict=True):
        own = drawings if original.is_vector else pictures
        assert both.read(item).tobytes() == own.read(original).tobytes()
    assert f"pairs/{pictures.items[0].file}" in both.storage.names()
    assert join([pictures]) is pictures


def test_sets_of_one_name_cannot_be_joined(pairs):
    with pytest.raises(DataError, match="called alike"):
        join([open_dataset(pairs), open_dataset(pairs)])
