"""`python -m zsbir push-gallery`: what was pushed is an image folder, and the same gallery elsewhere."""

import csv
import hashlib
import io
from dataclasses import replace

import pytest

from tests.hub.server_trouble import Refuse
from zsbir.gallery import Photo, write_photos
from zsbir.index.sidecar import FORMAT, Sidecar

PHOTOS = [
    Photo("cat/one", "photos/cat/one.jpg", "cat", "A cat", credit="Ada", licence="CC-BY-4.0"),
    Photo("cat/two", "photos/cat/two.PNG", "cat", licence="CC0-1.0"),
    Photo("3", "photos/dog, wet.jpg", "dog", 'A "wet" dog', instance="rex", source="https://example.org"),
]


@pytest.fixture
def zoo(tmp_path):
    """The folder of a gallery with one index that is whole."""
    home = tmp_path / "zoo"
    for photo in PHOTOS:
        (home / photo.file).parent.mkdir(parents=True, exist_ok=True)
        (home / photo.file).write_bytes(photo.id.encode())
    write_photos(home / "photos.csv", PHOTOS)
    add_index(home, "plain", [photo.id for photo in PHOTOS])
    (home / "LICENSES").mkdir()
    (home / "LICENSES" / "CC0.txt").write_text("no conditions")
    return home


def add_index(home, name, ids, vectors=b"vectors", skipped=()):
    folder = home / "index" / name
    folder.mkdir(parents=True)
    (folder / "photos.faiss").write_bytes(vectors)
    sidecar = Sidecar(
        **{
            "format": FORMAT,
            "zsbir": "",
            "checkpoint": name,
            "backbone": "",
            "weights": "",
            "preprocess": {},
        },
        **{"dimension": 2, "dtype": "float32", "photos": dict.fromkeys(ids, "key")},
        skipped=dict.fromkeys(skipped, "It is no picture."),
        vectors="sha256:" + hashlib.sha256(b"vectors").hexdigest(),
    )
    (folder / "photos.json").write_bytes(sidecar.to_bytes())


def push(machine, *arguments):
    done = machine.zsbir("push-gallery", *arguments, "--json")
    assert done.status == 0, done.err
    return done.json


LOAD = """
import dataclasses, json, sys
from zsbir.gallery import indexed_checkpoints, load_gallery
gallery = load_gallery(sys.argv[1])
photos = [dataclasses.asdict(photo) for photo in gallery.photos]
contents = [gallery.path(photo).read_bytes().decode() for photo in gallery.photos]
print(json.dumps([photos, contents, indexed_checkpoints(sys.argv[1])]))
"""


def test_the_same_gallery_opens_on_an_empty_machine(hub, owner, machine, zoo):
    facts = push(owner, zoo, "user/zoo", "--yes")
    assert facts["reference"] == f"hf://datasets/user/zoo@{hub.dataset('user/zoo').head}"
    photos, contents, indexes = machine.python(LOAD, facts["reference"]).json
    expected = [replace(photo, licence=photo.licence or "unknown") for photo in PHOTOS]
    assert [Photo(**photo) for photo in photos] == expected
    assert contents == [photo.id for photo in PHOTOS] and indexes == ["plain"]


def test_the_repository_is_an_image_folder(hub, owner, zoo):
    facts = push(owner, zoo, "user/zoo", "--yes")
    files = hub.dataset("user/zoo").files()
    table = list(csv.DictReader(io.StringIO(files["metadata.csv"].decode())))
    assert [row["file_name"] for row in table] == [photo.file for photo in PHOTOS]
    assert [row["licence"] for row in table] == ["CC-BY-4.0", "CC0-1.0", "unknown"]
    for path in ("index/plain/photos.faiss", "index/plain/photos.json", "LICENSES/CC0.txt", PHOTOS[2].file):
        assert files[path] == (zoo / path).read_bytes()
    card = files["README.md"].decode()
    assert "license:\n- cc-by-4.0\n- cc0-1.0\n- unknown\n" in card
    assert "- metadata.csv\n    - '**/*.PNG'\n    - '**/*.jpg'\n" in card
    assert "| none is named | unknown | 1 |" in card and "- Ada (1)" in card
    assert "1 of 3 photos name no licence" in facts["notes"][0] and "2 licences" in facts["notes"][1]


def test_nothing_is_asked_or_sent_unless_told(hub, owner, zoo):
    done = owner.zsbir("push-gallery", zoo, "user/zoo")
    assert done.status == 0 and hub.requests == []
    assert "metadata.csv" in done.out and "Nothing has been sent" in done.out
    assert "1 of 3 photos name no licence" in done.err


def test_what_the_gallery_no_longer_has_goes_there_too(hub, owner, zoo):
    push(owner, zoo, "user/zoo", "--yes")
    hub.dataset("user/zoo").commit({"shown/in/the/card.jpg": "somebody's own"})
    write_photos(zoo / "photos.csv", PHOTOS[1:])
    facts = push(owner, zoo, "user/zoo", "--yes")
    files = hub.dataset("user/zoo").files()
    assert facts["removed"] == ["index/plain/photos.faiss", "index/plain/photos.json", PHOTOS[0].file]
    assert not set(facts["removed"]) & set(files) and "shown/in/the/card.jpg" in files
    assert "it is not of these photos" in facts["left_out"]["index/plain"]
    assert PHOTOS[0].file.encode() not in files["metadata.csv"]


def test_what_earlier_pushes_brought_cannot_be_asked_for(hub, owner, zoo):
    push(owner, zoo, "user/zoo", "--yes")
    hub.misbehave("HEAD .*/metadata.csv", Refuse(403))
    done = owner.zsbir("push-gallery", zoo, "user/zoo", "--yes")
    assert done.status == 2 and done.err.splitlines()[-1].startswith(
        "zsbir: Your token may not write to user/zoo ("
    )
