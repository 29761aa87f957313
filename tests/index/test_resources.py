"""A full disk and a hundred thousand photos: what an index takes of the machine."""

import contextlib
import tracemalloc

import pytest

from tests.fake_checkpoint import FakeMethod
from tests.index.kit import build
from tests.zoo import BLUE, save_photo
from zsbir.errors import GalleryError
from zsbir.gallery import create_gallery
from zsbir.images import Preprocess
from zsbir.index import PhotoIndex


@contextlib.contextmanager
def files_up_to(most):
    """Let the system refuse to write files any longer than that, in the middle, as it does on a full disk."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize(("most", "worked"), [(50, 0), (600, 2), (None, 2)])
def test_a_full_disk_leaves_nothing_half_written(gallery, zoo, checkpoint, folder, most, worked):
    """What does not fit is the table, a piece of unfinished work, or what describes the vectors."""
    build(gallery, checkpoint)
    before = content(folder)
    most = most or len(before["photos.json"])  # the new one is longer
    for number in (8, 9):
        save_photo(zoo / "whale" / f"whale_{number}.png", BLUE)
    checkpoint.method.photos_embedded = 0
    full = pytest.raises(GalleryError, match=r"^Cannot write to .*File too large.* free some space")
    with full, files_up_to(most):
        build(create_gallery("zoo", zoo), checkpoint)
    assert content(folder) == before and checkpoint.method.photos_embedded == worked
    assert not [path for path in gallery.home.rglob("*.partial") if path.is_file()]
    report = build(create_gallery("zoo", zoo), checkpoint)
    assert (
        report.embedded + report.reused == len(PhotoIndex.load(create_gallery("zoo", zoo), checkpoint)) == 9
    )


def test_photos_are_not_held_in_memory(gallery, tmp_path, checkpoint):
    """Eight times as many photos of 108 kB each take no more memory, vectors and names apart."""
    checkpoint.method = FakeMethod()
    checkpoint.method.preprocess = Preprocess(side=96, mean=(0.5,) * 3, std=(0.5,) * 3)
    peaks = []
    for count in (100, 800):
        for number in range(count):
            save_photo(tmp_path / str(count) / f"{number}.png", (number % 256, number // 4, 9), (4, 4))
        many = create_gallery(f"of_{count}", tmp_path / str(count))
        tracemalloc.start()
        assert build(many, checkpoint, batch=8).embedded == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 700 * 108e3 / 10
