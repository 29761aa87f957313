"""Interrupting the building of an index: nothing is lost, nothing half-written."""

import os
from pathlib import Path

import numpy as np
import pytest

from tests.index.kit import build, embedding, slow_search
from tests.zoo import RED, save_photo
from zsbir.index import PhotoIndex, Shard, pair, vectors
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


@pytest.fixture
def crash_at(monkeypatch):
    """Build, but crash as one of the index's own files takes its place: the one of that number, in order."""

    def crash(gallery, checkpoint, number):
        replace, left = os.replace, [number]

        def replace_or_crash(partial, path):
            if Path(path).parent.name == checkpoint.name:
                if not left[0]:
                    raise Crash
                left[0] -= 1
            replace(partial, path)

        with pytest.raises(Crash), monkeypatch.context() as patch:
            patch.setattr(os, "replace", replace_or_crash)
            build(gallery, checkpoint)

    return crash


class Crash(BaseException):
    """Nobody catches it, as little as a power cut."""


def check(gallery, checkpoint):
    """The index is that of a search without one."""
    query = embedding(gallery.path(gallery.photos[0]), checkpoint)
    found = PhotoIndex.load(gallery, checkpoint).search(query, 7)
    ids, scores = slow_search(gallery, checkpoint, query)
    assert [photo.id for photo in found.photos] == ids
    assert found.scores == pytest.approx(scores, abs=1e-6)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_whenever_it_crashes_there_is_an_index_and_nothing_is_embedded_again(
    gallery, zoo, checkpoint, folder, crash_at, number
):
    build(gallery, checkpoint)
    old = PhotoIndex.load(gallery, checkpoint)
    save_photo(zoo / "frog" / "frog_0.png", RED)
    crash_at(gallery, checkpoint, number)
    left = PhotoIndex.load(gallery, checkpoint)
    if number < 2:  # the sidecar has not taken its place
        assert np.array_equal(left.vectors(left.places()), old.vectors(old.places()))
    else:
        check(gallery, checkpoint)
    crash_at(gallery, checkpoint, number)
    assert len(PhotoIndex.load(gallery, checkpoint)) == 7
    before = checkpoint.method.photos_embedded
    assert build(gallery, checkpoint).embedded == 0
    assert checkpoint.method.photos_embedded == before
    check(gallery, checkpoint)
    assert sorted(path.name for path in folder.iterdir()) == ["photos.faiss", "photos.json"]


def test_vectors_of_another_index_are_not_taken_for_its_own_because_a_sample_is_the_same(
    gallery, zoo, checkpoint, crash_at, monkeypatch
):
    """A photo of a large gallery changes, nothing of its vector is in the sample, and a crash follows."""
    for module in (vectors, build_module):
        monkeypatch.setattr(module, "MAPPED_FROM", 0)
    monkeypatch.setattr(vectors, "PIECE", 4)
    monkeypatch.setattr(vectors, "PIECES", 2)
    build(gallery, checkpoint)
    save_photo(zoo / "frog" / "frog_0.png", RED)
    crash_at(gallery, checkpoint, 2)
    check(gallery, checkpoint)


def test_a_crash_of_the_very_first_build_loses_nothing(gallery, checkpoint, crash_at):
    crash_at(gallery, checkpoint, 1)
    assert build(gallery, checkpoint).embedded == 0
    check(gallery, checkpoint)


def test_who_opens_it_in_the_middle_of_an_exchange_gets_the_new_one(
    gallery, zoo, checkpoint, folder, crash_at, monkeypatch
):
    """The sidecar is the new one, and the vectors move into place between two looks at them."""
    build(gallery, checkpoint)
    save_photo(zoo / "frog" / "frog_0.png", RED)
    crash_at(gallery, checkpoint, 2)
    unpack, looks = pair.unpack, []

    def look(path, *rest, **named):
        looks.append(path.name)
        try:
            return unpack(path, *rest, **named)
        finally:
            if len(looks) == 1:
                os.replace(folder / "photos.next.faiss", folder / "photos.faiss")

    monkeypatch.setattr(pair, "unpack", look)
    check(gallery, checkpoint)
    assert looks == ["photos.faiss", "photos.next.faiss", "photos.faiss"]
