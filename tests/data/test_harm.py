"""Files that are no dataset, or a damaged one: one sentence each."""

import os
import zipfile

import pytest

from tests.data.kit import HEADER, MANIFEST, PICTURES, png, quickdraw
from zsbir.data import open_dataset
from zsbir.errors import DataError, ImageError


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"notes.txt": "hello"}, "no manifest.csv"),
        ({"manifest.csv": "file,category\nx,y\n"}, "lacks the columns"),
        ({"manifest.csv": HEADER + "x.png,cat,painting,,,,\n"}, "Line 2 .* 'painting'"),
        ({"manifest.csv": HEADER + "x.png,cat\n"}, "too few fields"),
        ({"manifest.csv": HEADER.encode() + b"x.png,\xff\xfe,photo,,,,\n"}, "UTF-8"),
        ({"cat.ndjson": quickdraw("cat") + "\nnonsense\n"}, "Line 2 of cat.ndjson"),
        ({"cat.ndjson": "[1, 2]"}, "Line 1 of cat.ndjson"),
    ],
)
@pytest.mark.parametrize("as_zip", [True, False])
def test_what_is_no_dataset_is_refused(make, files, sentence, as_zip):
    with pytest.raises(DataError, match=sentence):
        open_dataset(make(files, as_zip))


def test_missing_and_damaged_files_are_told(make, tmp_path):
    with pytest.raises(DataError, match="no dataset at"):
        open_dataset(tmp_path / "nowhere.zip")
    (tmp_path / "fake.zip").write_text("this is text")
    with pytest.raises(DataError, match="not a readable zip"):
        open_dataset(tmp_path / "fake.zip")
    for as_zip in (True, False):
        dataset = open_dataset(make({"manifest.csv": MANIFEST}, as_zip, name=f"lacks{as_zip}"))
        with pytest.raises(DataError, match=r"a\.png"):
            dataset.read(dataset.items[0])
    dataset = open_dataset(make({"manifest.csv": MANIFEST, **PICTURES, "photo/mouse/m.png": b"no picture"}))
    with pytest.raises(ImageError):
        dataset.read(dataset.items[2])


@pytest.mark.parametrize("damage", [b"\7", bytes(400)], ids=["the stream", "its content"])
def test_a_damaged_member_is_told(make, damage):
    """Seven begins a block of a kind that deflate does not have; zeros only break the sum of stored bytes."""
    path = make({"manifest.csv": MANIFEST, **PICTURES, "photo/mouse/m.png": os.urandom(4000)})
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo("photo/mouse/m.png")
    assert member.compress_type == zipfile.ZIP_DEFLATED
    start = member.header_offset + zipfile.sizeFileHeader + len(member.filename)
    start += 0 if len(damage) == 1 else 500
    data = bytearray(path.read_bytes())
    data[start : start + len(damage)] = damage
    path.write_bytes(data)
    dataset = open_dataset(path)
    with pytest.raises(DataError, match="damaged"):
        dataset.read(dataset.items[2])


def test_a_manifest_cannot_reach_outside_its_folder(make, tmp_path):
    (tmp_path / "secret.png").write_bytes(png())
    dataset = open_dataset(make({"manifest.csv": HEADER + "../secret.png,cat,photo,,,,\n"}, as_zip=False))
    with pytest.raises(DataError, match="outside"):
        dataset.read(dataset.items[0])
