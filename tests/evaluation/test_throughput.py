"""Measuring how fast photos are indexed: what each of the two that take turns is given."""

from PIL import Image

from tests.fake_checkpoint import FakeCheckpoint
from zsbir.evaluation.throughput import measure, save_photos


def test_both_embed_their_photos_in_turns(tmp_path):
    checkpoint = FakeCheckpoint(tmp_path / "fake")
    bare, indexing = measure(checkpoint, tmp_path / "photos", photos=11, size=(40, 30), parts=3)
    assert (bare.photos, indexing.photos) == (3, 11)  # a quarter of each part, rounded up
    assert checkpoint.method.photos_embedded == 64 + 3 + 11  # the first to warm up
    assert bare.rate > 0 and indexing.cpu > 0
    assert len(list((tmp_path / "photos").glob("part_*/*.jpg"))) == 11


def test_no_two_photos_are_the_same(tmp_path):
    save_photos(tmp_path / "a", 3, (40, 30), seed=0)
    save_photos(tmp_path / "b", 3, (40, 30), seed=1)
    files = [path.read_bytes() for path in sorted(tmp_path.rglob("*.jpg"))]
    assert len(set(files)) == 6
    assert Image.open(tmp_path / "a" / "000000.jpg").size == (40, 30)
