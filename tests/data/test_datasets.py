"""Datasets made here in every layout of this project, read back."""

import os
import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.data.kit import HEADER, MANIFEST, PICTURES, png, quickdraw
from zsbir.data import open_dataset
from zsbir.errors import DataError


@pytest.mark.parametrize("as_zip", [True, False])
@pytest.mark.parametrize("root", ["", "inner/"])
def test_a_manifest_is_read_from_zip_and_folder(make, as_zip, root):
    files = {root + name: data for name, data in {"manifest.csv": MANIFEST, **PICTURES}.items()}
    dataset = open_dataset(make(files, as_zip))
    assert [item.category for item in dataset.items] == ["car", "car", "mouse"]
    assert dataset.items[0].raw_category == "car_(sedan)"
    assert [item.modality for item in dataset.items] == ["photo", "sketch", "photo"]
    assert [item.instance for item in dataset.items] == ["a", "a", "m"]
    assert dataset.splits == ["seen_train", "unseen_dev"]
    assert dataset.select("photo", "unseen_dev") == dataset.items[2:]
    assert [dataset.read(item).getpixel((0, 0))[0] for item in dataset.items] == [10, 20, 30]


def test_threads_read_what_one_thread_reads(make):
    manifest = HEADER + "".join(f"{i}.png,cat,photo,,train,,\n" for i in range(200))
    dataset = open_dataset(make({"manifest.csv": manifest, **{f"{i}.png": png(i) for i in range(200)}}))
    with ThreadPoolExecutor(8) as pool:
        values = [image.getpixel((0, 0))[0] for image in pool.map(dataset.read, dataset.items * 3)]
    assert values == [*range(200)] * 3


def test_a_forked_worker_opens_its_own_zip(make, monkeypatch):
    """A handle shared over a fork shares its position too, and both sides then read garbage."""
    dataset = open_dataset(make({"manifest.csv": MANIFEST, **PICTURES}))
    parent = dataset.storage._open()
    assert dataset.storage._open() is parent
    pid = os.getpid()
    monkeypatch.setattr(os, "getpid", lambda: pid + 1)
    assert dataset.storage._open() is not parent


def test_a_dataset_travels_to_another_process(make):
    dataset = pickle.loads(pickle.dumps(open_dataset(make({"manifest.csv": MANIFEST, **PICTURES}))))
    assert dataset.read(dataset.items[0]).getpixel((0, 0))[0] == 10


def test_captions_are_keyed_by_file(make):
    manifest = HEADER + "photo/x.jpg,,photo,,train,,\nphoto/y.jpg,,photo,,train,,\n"
    captions = 'image,caption\nx.jpg,"A dog, running ."\nx.jpg,Two dogs .\n'
    dataset = open_dataset(make({"manifest.csv": manifest, "captions.csv": captions}))
    assert dataset.captions == {"photo/x.jpg": ("A dog, running .", "Two dogs .")}
    assert dataset.items[0].category == ""


def test_ndjson_drawings_and_their_dev_part(make):
    lines = "\n".join(quickdraw("cell phone", i) for i in range(10))
    dataset = open_dataset(
        make({"cell_phone.ndjson": lines, "the_mona_lisa.ndjson": quickdraw("The Mona Lisa")})
    )
    phones = [item for item in dataset.items if item.category == "cell_phone"]
    assert [item.split for item in phones] == ["train"] * 6 + ["dev"] * 4
    assert {item.modality for item in dataset.items} == {"sketch"}
    assert dataset.drawing(phones[7]).strokes[0].points[0].tolist() == [7, 0]
    assert dataset.read(phones[0]).size == (224, 224)
    assert dataset.items[-1].category == "mona_lisa"
    assert dataset.items[-1].split == "train"  # never more than half of a file is held out


def test_a_single_ndjson_file(make):
    folder = make({"cat.ndjson": quickdraw("cat") + "\n", "dog.ndjson": quickdraw("dog")}, as_zip=False)
    assert [item.category for item in open_dataset(folder / "cat.ndjson").items] == ["cat"]
    assert [item.category for item in open_dataset(folder).items] == ["cat", "dog"]


def test_strokes_are_not_looked_for_in_pictures(make):
    dataset = open_dataset(make({"manifest.csv": MANIFEST, **PICTURES}))
    with pytest.raises(DataError, match="picture"):
        dataset.drawing(dataset.items[0])


def test_class_folders_pair_sketches_with_photos(make):
    files = {
        "256x256/photo/tx_000/cow/n01_7.png": png(),
        "256x256/sketch/tx_000/cow/n01_7-4.png": png(),
        "256x256/sketch/tx_000/cow/n09_1-2.png": png(),
        "256x256/sketch/tx_000/bat/n01_7-1.png": png(),
        ".hidden/cow/x.png": png(),
        "__MACOSX/cow/y.png": png(),
    }
    items = {item.file.split("/", 1)[1]: item for item in open_dataset(make(files)).items}
    assert len(items) == 4
    assert items["photo/tx_000/cow/n01_7.png"].instance == "n01_7"
    assert items["sketch/tx_000/cow/n01_7-4.png"].instance == "n01_7"
    assert items["sketch/tx_000/cow/n09_1-2.png"].instance == ""  # its photo is not there
    assert items["sketch/tx_000/bat/n01_7-1.png"].instance == ""  # another category


def test_plain_class_folders_take_the_modality_they_are_told(make):
    path = make({"tea pot/1.png": png(), "notes.txt": "-"}, as_zip=False)
    assert open_dataset(path).items[0].modality == "photo"
    assert open_dataset(path, modality="sketch").items[0].modality == "sketch"
    assert open_dataset(make({"chair/sketch/1.png": png()})).items[0].category == "chair"
