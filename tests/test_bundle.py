"""What a clone brings along fits together: weights, index and gallery; a first start needs no indexing."""

from pathlib import Path

import numpy as np
import pytest

from zsbir.checkpoint import Checkpoint, load_checkpoint
from zsbir.errors import IndexMismatchError
from zsbir.gallery import load_gallery
from zsbir.index import PhotoIndex

ROOT = Path(__file__).parents[1]
CHECKPOINTS = ROOT / "checkpoints"
BACKBONE = CHECKPOINTS / "zsbir-tiny"
EVERYDAY = ROOT / "gallery" / "everyday"


@pytest.fixture(scope="module")
def plain() -> Checkpoint:
    return load_checkpoint(ROOT / "checkpoints" / "plain", device="cpu")


def test_the_bundled_index_fits_the_bundled_weights_and_photos(plain):
    """The index holds the digest of the weights and the ids of the photos; `load` refuses any other."""
    gallery = load_gallery(EVERYDAY)
    index = PhotoIndex.load(gallery, plain)
    assert [photo.id for photo in index.photos] == [photo.id for photo in gallery.photos]


@pytest.mark.parametrize("name", sorted(path.parent.name for path in CHECKPOINTS.glob("*/config.json")))
def test_every_bundled_checkpoint_has_its_index(name):
    gallery = load_gallery(EVERYDAY)
    index = PhotoIndex.load(gallery, load_checkpoint(CHECKPOINTS / name, device="cpu"))
    assert [photo.id for photo in index.photos] == [photo.id for photo in gallery.photos]


def test_the_seven_of_the_papers_and_ours_are_there_and_light():
    trained = {path.parent.name for path in CHECKPOINTS.glob("*/model.safetensors")} - {"zsbir-tiny"}
    assert trained == {
        *("clip-at-category", "clip-at-fine-grained", "splip-category", "splip-fine-grained"),
        *("dp-clip-fine-grained", "deep-dual-category", "deep-dual-fine-grained"),
    }
    for name in trained:
        assert {"README.md", "results.json", "curves.png"} <= {p.name for p in (CHECKPOINTS / name).iterdir()}
    assert sum(path.stat().st_size for path in CHECKPOINTS.rglob("*") if path.is_file()) <= 80e6


def test_the_bundled_index_is_refused_for_other_weights(plain):
    """So that the test above cannot pass by an index that nobody compares."""
    other = Checkpoint(plain.name, plain.path, plain.method, "sha256:" + "0" * 64, plain.config, "plain")
    with pytest.raises(IndexMismatchError, match="weights"):
        PhotoIndex.load(load_gallery(EVERYDAY), other)


def test_a_photo_finds_itself(plain):
    """The vectors in the file are those that the weights compute here, and not only their digest agrees."""
    from zsbir.images import open_image, to_pixels

    gallery = load_gallery(EVERYDAY)
    photo = gallery.photos[0]
    image = open_image(gallery.path(photo))
    (vector,) = plain.method.embed_photos(to_pixels(image, plain.method.preprocess)).numpy()
    ranking = PhotoIndex.load(gallery, plain).search(vector.astype(np.float32), 1)
    assert ranking.photos[0].id == photo.id
    assert ranking.scores[0] == pytest.approx(1, abs=2e-3)


def test_the_bundled_backbone_is_light():
    files = [path for path in BACKBONE.rglob("*") if path.is_file()]
    assert {"model.safetensors", "open_clip_config.json"} <= {path.name for path in files}
    assert sum(path.stat().st_size for path in files) <= 45e6
