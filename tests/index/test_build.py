"""Building an index: nothing is embedded twice, broken photos are left out and told."""

from dataclasses import replace

import pytest
import torch

from tests.fake_checkpoint import FakeCheckpoint, FakeMethod
from tests.index.kit import build, embedding, slow_search
from tests.zoo import GREEN, RED, save_photo
from zsbir.errors import CheckpointError, GalleryError, IndexMismatchError
from zsbir.gallery import create_gallery, load_gallery, write_photos
from zsbir.index import PhotoIndex, ensure_index
from zsbir.index.sidecar import index_folder


def test_a_second_build_embeds_nothing(gallery, checkpoint, folder):
    first = build(gallery, checkpoint)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    second = build(gallery, checkpoint)
    assert (first.embedded, first.reused, first.removed, first.broken) == (7, 0, 0, [])
    assert (second.embedded, second.reused, second.removed, second.broken) == (0, 7, 0, [])
    assert checkpoint.method.photos_embedded == 7
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert sorted(before) == ["photos.faiss", "photos.json"]
    assert [path.name for path in folder.parent.iterdir()] == ["fake"]


def test_only_new_and_changed_photos_are_embedded(gallery, zoo, checkpoint):
    build(gallery, checkpoint)
    save_photo(zoo / "frog" / "frog_0.png", RED)  # changed
    save_photo(zoo / "frog" / "frog_9.png", GREEN)  # new
    (zoo / "whale" / "whale_0.png").unlink()  # gone
    (zoo / "whale" / "whale_1.png").rename(zoo / "whale" / "moby.png")  # the same photo under another name
    gallery = create_gallery("zoo", zoo)
    report = build(gallery, checkpoint)
    assert (report.embedded, report.reused, report.renamed, report.removed) == (2, 5, 1, 1)
    assert report.broken == []
    query = embedding(gallery.path(gallery.by_id["frog/frog_0"]), checkpoint)
    ids, _ = slow_search(gallery, checkpoint, query)
    found = PhotoIndex.load(gallery, checkpoint).search(query, 7).photos
    assert [photo.id for photo in found] == ids


def test_other_weights_embed_everything_again(gallery, checkpoint):
    build(gallery, checkpoint)
    checkpoint.digest = "sha256:" + "cd" * 32
    assert build(gallery, checkpoint).embedded == 7
    assert len(PhotoIndex.load(gallery, checkpoint)) == 7


def test_methods_that_need_a_category_get_one_a_batch(gallery, checkpoint):
    checkpoint.method = FakeMethod(needs_category=True)
    build(gallery, checkpoint)
    assert checkpoint.method.categories_seen == ["frog", "frog", "ladybird", "whale"]
    frog = gallery.by_id["frog/frog_1"]
    query = embedding(gallery.path(frog), checkpoint, "frog")
    assert PhotoIndex.load(gallery, checkpoint).search(query, 1, "frog").photos == (frog,)


def test_a_changed_category_counts_only_for_methods_that_see_it(gallery, checkpoint):
    photos = [
        replace(photo, category="toad") if photo.category == "frog" else photo for photo in gallery.photos
    ]
    seeing = FakeCheckpoint(checkpoint.path, "seeing", FakeMethod(needs_category=True))
    build(gallery, checkpoint)
    build(gallery, seeing)
    write_photos(gallery.home / "photos.csv", photos)
    gallery = load_gallery("zoo")
    assert PhotoIndex.load(gallery, checkpoint).categories == ["ladybird", "toad", "whale"]
    with pytest.raises(IndexMismatchError, match="3 changed category"):
        PhotoIndex.load(gallery, seeing)
    assert build(gallery, seeing).embedded == 3


def test_the_same_weights_under_another_name_have_the_same_index(gallery, checkpoint, folder):
    build(gallery, checkpoint)
    renamed = replace(checkpoint, name="user-fake")
    assert len(PhotoIndex.load(gallery, renamed)) == 7
    ensure_index(gallery, renamed)
    report = build(gallery, renamed)
    assert (report.embedded, report.reused, report.removed) == (0, 7, 0)
    other = replace(checkpoint, digest="sha256:" + "cd" * 32)
    assert build(gallery, other).embedded == 7  # of the first one's name, and in its place
    assert index_folder(gallery, other) == folder
    assert index_folder(gallery, checkpoint) == folder.with_name("user-fake")


# Broken photos


def test_broken_and_missing_photos_are_reported_and_skipped(gallery, zoo, checkpoint):
    (zoo / "frog" / "frog_0.png").write_text("not a picture", encoding="utf-8")
    whole = (zoo / "frog" / "frog_1.png").read_bytes()
    (zoo / "frog" / "frog_1.png").write_bytes(whole[: len(whole) // 2])
    (zoo / "whale" / "whale_0.png").unlink()
    report = build(gallery, checkpoint)
    assert report.embedded == 4
    reasons = dict(report.broken)
    assert list(reasons) == ["frog/frog_0.png", "frog/frog_1.png", "whale/whale_0.png"]
    assert "not a picture" in reasons["frog/frog_0.png"]
    assert "broken or incomplete" in reasons["frog/frog_1.png"]
    assert "not there" in reasons["whale/whale_0.png"]
    index = PhotoIndex.load(gallery, checkpoint)
    assert [photo.id for photo in index.photos] == [
        "frog/frog_2",
        "ladybird/ladybird_0",
        "ladybird/ladybird_1",
        "whale/whale_1",
    ]


def test_a_mended_photo_is_taken_up(gallery, zoo, checkpoint):
    good = (zoo / "frog" / "frog_0.png").read_bytes()
    (zoo / "frog" / "frog_0.png").write_bytes(b"")
    assert len(build(gallery, checkpoint).broken) == 1
    (zoo / "frog" / "frog_0.png").write_bytes(good)
    report = build(gallery, checkpoint)
    assert (report.embedded, report.reused, report.broken) == (1, 6, [])


def test_a_gallery_of_which_nothing_can_be_read(gallery, zoo, checkpoint, folder):
    for path in zoo.rglob("*.png"):
        path.unlink()
    with pytest.raises(GalleryError, match="None of the 7 photos"):
        build(gallery, checkpoint)
    assert not folder.exists()


def test_embeddings_that_are_not_finite_are_refused(gallery, checkpoint, monkeypatch):
    monkeypatch.setattr(
        checkpoint.method, "embed_photos", lambda pixels, category: torch.full((len(pixels), 27), torch.nan)
    )
    with pytest.raises(CheckpointError, match="not finite"):
        build(gallery, checkpoint)
