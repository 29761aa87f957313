"""Opening an index: no other model's vectors, no other photos, nothing damaged."""

import json
import re
import shlex

import numpy as np
import pytest

from tests.index.kit import REBUILD, build
from zsbir.errors import GalleryError, IndexMismatchError
from zsbir.gallery import Photo, load_gallery, write_photos
from zsbir.images import Preprocess
from zsbir.index import PhotoIndex
from zsbir.index.sidecar import Sidecar
from zsbir.index.vectors import digest


def test_loading_opens_no_photo(gallery, zoo, checkpoint):
    build(gallery, checkpoint)
    for path in zoo.rglob("*.png"):
        path.unlink()
    assert len(PhotoIndex.load(gallery, checkpoint)) == 7


def test_no_index_yet(gallery, checkpoint):
    with pytest.raises(GalleryError, match="no index for checkpoint 'fake' yet") as caught:
        PhotoIndex.load(gallery, checkpoint)
    assert REBUILD in str(caught.value)


def change_weights(gallery, checkpoint):
    checkpoint.digest = "sha256:" + "cd" * 32


def change_preprocessing(gallery, checkpoint):
    checkpoint.method.preprocess = Preprocess(side=12, mean=(0.4, 0.5, 0.5), std=(0.5, 0.5, 0.5))


def change_dimension(gallery, checkpoint):
    checkpoint.method.dim = 28


def lose_a_photo(gallery, checkpoint):
    write_photos(gallery.home / "photos.csv", gallery.photos[1:])


def gain_a_photo(gallery, checkpoint):
    write_photos(gallery.home / "photos.csv", [*gallery.photos, Photo("new", "new.png", "frog")])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (change_weights, "made by .fake. with weights sha256:ababab"),
        (change_preprocessing, "with preprocess"),
        (change_dimension, "with dimension 27, not 28"),
        (lose_a_photo, "1 are gone"),
        (gain_a_photo, "1 are new"),
    ],
)
def test_an_index_that_does_not_fit_is_refused_with_the_command(gallery, checkpoint, change, message):
    build(gallery, checkpoint)
    change(gallery, checkpoint)
    with pytest.raises(IndexMismatchError, match=message) as caught:
        PhotoIndex.load(load_gallery("zoo"), checkpoint)
    assert str(caught.value).endswith(REBUILD + str(checkpoint.path))


def test_the_command_uses_names_where_there_are_names(gallery, checkpoint, monkeypatch):
    monkeypatch.setenv("ZSBIR_CHECKPOINTS", str(checkpoint.path.parent))
    with pytest.raises(GalleryError) as caught:
        PhotoIndex.load(gallery, checkpoint)
    assert str(caught.value).endswith(REBUILD + "fake")


def test_the_command_can_be_pasted_for_folders_too(zoo, tmp_path, checkpoint):
    place = tmp_path / "my photos"
    zoo.rename(place)
    write_photos(place / "photos.csv", [Photo("a", "frog/frog_0.png", "frog")])
    with pytest.raises(GalleryError) as caught:
        PhotoIndex.load(load_gallery(place), checkpoint)
    command = shlex.split(re.search("python -m .*", str(caught.value))[0])
    assert command[command.index("--gallery") + 1] == str(place)


# Damaged files


def cut(path):
    path.write_bytes(path.read_bytes()[:-20])


def cut_with_matching_digest(path):
    cut(path)
    mend_digest(path)


def mend_digest(path):
    sidecar = path.with_name("photos.json")
    values = json.loads(sidecar.read_text(encoding="utf-8"))
    sidecar.write_text(json.dumps({**values, "vectors": digest([path.read_bytes()])}), encoding="utf-8")


@pytest.mark.parametrize(
    "damage", [cut, cut_with_matching_digest, lambda path: path.unlink(), lambda path: path.write_bytes(b"")]
)
def test_a_damaged_faiss_file_is_told(gallery, checkpoint, folder, damage):
    build(gallery, checkpoint)
    damage(folder / "photos.faiss")
    with pytest.raises(IndexMismatchError, match=r"Cannot use .*photos.faiss") as caught:
        PhotoIndex.load(gallery, checkpoint)
    assert REBUILD in str(caught.value)
    assert "faiss::" not in str(caught.value)
    assert build(gallery, checkpoint).embedded == 7
    assert len(PhotoIndex.load(gallery, checkpoint)) == 7


def test_a_faiss_file_with_too_few_vectors_is_told(gallery, checkpoint, folder):
    from zsbir.index.vectors import Packed

    build(gallery, checkpoint)
    (folder / "photos.faiss").write_bytes(b"".join(Packed(np.ones((3, 27), dtype=np.float32))))
    mend_digest(folder / "photos.faiss")
    with pytest.raises(IndexMismatchError, match="3 vectors of length 27"):
        PhotoIndex.load(gallery, checkpoint)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"format": 99}', b'{"format": 1}', b"\xff\xfe"])
def test_a_damaged_sidecar_is_told(gallery, checkpoint, folder, content):
    build(gallery, checkpoint)
    (folder / "photos.json").write_bytes(content)
    with pytest.raises(IndexMismatchError, match=r"Cannot use .*photos.json"):
        PhotoIndex.load(gallery, checkpoint)
    build(gallery, checkpoint)
    assert len(PhotoIndex.load(gallery, checkpoint)) == 7


@pytest.mark.parametrize(
    ("field", "wrong", "message"),
    [
        ("photos", {"frog/frog_0": 3}, "its photos are not listed by id"),
        ("skipped", {"frog/frog_0": None}, "its photos are not listed by id"),
        ("support", ["frog"], "its support photos are not listed by category"),
        ("support", {"frog": 3}, "its support photos are not listed by category"),
        ("support", {"frog": [["frog/frog_0"]]}, "its support photos are not among its photos"),
        ("support", {"unicorn": ["unicorn/unicorn_0"]}, "its support photos are not among its photos"),
    ],
)
def test_a_sidecar_of_other_types_is_told(gallery, checkpoint, folder, field, wrong, message):
    build(gallery, checkpoint)
    values = json.loads((folder / "photos.json").read_text(encoding="utf-8"))
    (folder / "photos.json").write_text(json.dumps({**values, field: wrong}), encoding="utf-8")
    with pytest.raises(IndexMismatchError, match=message) as caught:
        PhotoIndex.load(gallery, checkpoint)
    assert REBUILD in str(caught.value)


def test_the_sidecar_says_what_made_the_index(gallery, zoo, checkpoint, folder):
    (zoo / "whale" / "whale_0.png").unlink()
    build(gallery, checkpoint)
    sidecar = Sidecar.from_bytes((folder / "photos.json").read_bytes())
    assert (sidecar.checkpoint, sidecar.backbone, sidecar.weights) == (
        "fake",
        "fake-backbone",
        checkpoint.digest,
    )
    assert sidecar.preprocess == checkpoint.method.preprocess.to_dict()
    assert (sidecar.dimension, sidecar.dtype) == (27, "float32")
    assert list(sidecar.photos) == [photo.id for photo in gallery.photos if photo.id != "whale/whale_0"]
    assert list(sidecar.skipped) == ["whale/whale_0"]
    assert str(zoo) not in (folder / "photos.json").read_text(encoding="utf-8")
