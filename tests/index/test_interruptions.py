"""Interrupting the building of an index: nothing is lost, nothing half-written."""

import os

import pytest

from tests.index.kit import build, embedding, slow_search
from tests.zoo import RED, save_photo
from zsbir.errors import IndexMismatchError
from zsbir.index import PhotoIndex, Shard
from zsbir.index import build as build_module
from zsbir.index.store import VectorStore


def test_ctrl_c_loses_nothing(gallery, checkpoint, folder):
    checkpoint.method.interrupt_after = 4
    with pytest.raises(KeyboardInterrupt):
        build(gallery, checkpoint)
    assert not folder.exists()
    checkpoint.method.interrupt_after = None
    report = build(gallery, checkpoint)
    assert (report.embedded, report.reused) == (3, 4)
    assert checkpoint.method.photos_embedded == 7
    query = embedding(gallery.path(gallery.photos[0]), checkpoint)
    found = PhotoIndex.load(gallery, checkpoint).search(query, 7).photos
    assert [photo.id for photo in found] == slow_search(gallery, checkpoint, query)[0]
    assert [path.name for path in folder.parent.iterdir()] == ["fake"]


def test_ctrl_c_twice_keeps_both_parts(gallery, checkpoint):
    for stop in (2, 4):
        checkpoint.method.interrupt_after = stop
        with pytest.raises(KeyboardInterrupt):
            build(gallery, checkpoint)
    checkpoint.method.interrupt_after = None
    assert build(gallery, checkpoint).reused == 4


def test_ctrl_c_leaves_the_old_index_usable(gallery, zoo, checkpoint):
    build(gallery, checkpoint)
    for path in zoo.rglob("*.png"):
        save_photo(path, RED)
    checkpoint.method.interrupt_after = 9
    with pytest.raises(KeyboardInterrupt):
        build(gallery, checkpoint)
    assert len(PhotoIndex.load(gallery, checkpoint)) == 7


def test_a_crash_loses_at_most_one_block(gallery, checkpoint, monkeypatch):
    """Killed outright, nothing is saved at the end; the blocks that were done are still there."""
    monkeypatch.setattr(build_module, "WHOLE", Shard(block=2))
    checkpoint.method.interrupt_after = 5
    with pytest.raises(KeyboardInterrupt), monkeypatch.context() as killed:
        save = VectorStore.save
        killed.setattr(VectorStore, "save", lambda store: len(store._unsaved) < 2 or save(store))
        build(gallery, checkpoint, batch=1)
    checkpoint.method.interrupt_after = None
    report = build(gallery, checkpoint, batch=1)
    assert (report.embedded, report.reused) == (3, 4)


def test_a_damaged_piece_is_left_out(gallery, checkpoint, folder, caplog):
    checkpoint.method.interrupt_after = 4
    with pytest.raises(KeyboardInterrupt):
        build(gallery, checkpoint)
    (piece,) = folder.with_name("fake.partial").glob("*.npz")
    piece.write_bytes(piece.read_bytes()[:50])
    checkpoint.method.interrupt_after = None
    assert build(gallery, checkpoint).embedded == 7
    assert "is damaged" in caplog.text


def test_pieces_of_other_weights_are_dropped(gallery, checkpoint):
    checkpoint.method.interrupt_after = 4
    with pytest.raises(KeyboardInterrupt):
        build(gallery, checkpoint)
    checkpoint.method.interrupt_after = None
    checkpoint.digest = "sha256:" + "cd" * 32
    assert build(gallery, checkpoint).embedded == 7


def test_a_crash_between_the_two_files_is_noticed(gallery, zoo, checkpoint, monkeypatch):
    build(gallery, checkpoint)
    save_photo(zoo / "frog" / "frog_0.png", RED)
    replace = os.replace

    def crash(partial, path):
        if path.name == "photos.json":
            raise KeyboardInterrupt
        replace(partial, path)

    with pytest.raises(KeyboardInterrupt), monkeypatch.context() as patch:
        patch.setattr(os, "replace", crash)
        build(gallery, checkpoint)
    with pytest.raises(IndexMismatchError, match="written for another index"):
        PhotoIndex.load(gallery, checkpoint)
    build(gallery, checkpoint)
    assert len(PhotoIndex.load(gallery, checkpoint)) == 7
