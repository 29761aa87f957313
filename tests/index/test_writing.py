"""What an index says about itself, and folders that cannot be written to."""

import builtins
import errno
import os
from pathlib import Path

import pytest

from tests.index.kit import build
from zsbir.errors import GalleryError


def test_a_folder_that_cannot_be_written_to_is_told_before_the_work(gallery, checkpoint):
    (gallery.home / "index").write_text("in the way", encoding="utf-8")
    with pytest.raises(GalleryError, match="Cannot write to"):
        build(gallery, checkpoint)
    assert checkpoint.method.photos_embedded == 0


def test_a_read_only_folder_is_told_before_the_work(gallery, checkpoint, monkeypatch):
    """Tests may run as root, whom no permission stops, so the refusal is the system's but not the disk's."""

    def refuse(*_, **__):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("pathlib.Path.mkdir", refuse)
    with pytest.raises(GalleryError, match="Read-only file system"):
        build(gallery, checkpoint)
    assert checkpoint.method.photos_embedded == 0


def refuse_at(monkeypatch, module, function, place):
    """Let the system refuse one kind of access to files whose path contains `place`."""
    real = getattr(module, function)

    def refuse(path, *rest, **named):
        if place in str(path):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path, *rest, **named)

    monkeypatch.setattr(module, function, refuse)


@pytest.mark.parametrize(
    ("module", "function", "place", "worked"),
    [
        (os, "open", f"fake.partial{os.sep}lock", 0),
        (os, "replace", "photos.next.faiss", 7),
        (os, "replace", "photos.json", 7),
        (builtins, "open", ".photos.next.faiss", 7),
    ],
)
def test_a_read_only_index_that_exists_already_is_told(
    gallery, checkpoint, folder, monkeypatch, module, function, place, worked
):
    """Here every folder is there, and what is refused is a file in it; the old index stays as it is."""
    build(gallery, checkpoint)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    checkpoint.digest = "sha256:" + "cd" * 32
    checkpoint.method.photos_embedded = 0
    refuse_at(monkeypatch, module, function, place)
    with pytest.raises(GalleryError, match=r"^Cannot write to .*Permission denied.* make it writable"):
        build(gallery, checkpoint)
    assert checkpoint.method.photos_embedded == worked
    assert before.keys() == {path.name for path in folder.iterdir()}
    assert before["photos.json"] == (folder / "photos.json").read_bytes()


def test_unfinished_work_that_cannot_be_deleted_is_told(gallery, checkpoint, folder, monkeypatch):
    checkpoint.method.interrupt_after = 4
    with pytest.raises(KeyboardInterrupt):
        build(gallery, checkpoint)
    checkpoint.digest = "sha256:" + "cd" * 32  # the pieces are of other weights now
    refuse_at(monkeypatch, Path, "unlink", ".npz")
    with pytest.raises(GalleryError, match=r"Cannot write to .*Permission denied"):
        build(gallery, checkpoint)
