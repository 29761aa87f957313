"""Bringing vectors to Milvus: only changes are sent, and whatever interrupts it, the same call goes on."""

import json
from dataclasses import replace

import pytest

from tests.fake_checkpoint import FakeMethod
from tests.index.kit import build, embedding, slow_search
from tests.zoo import RED, save_photo
from zsbir.errors import GalleryError, IndexMismatchError
from zsbir.gallery import create_gallery, load_gallery, write_photos
from zsbir.index import PhotoIndex
from zsbir.index.milvus import upload as upload_module
from zsbir.index.milvus.address import read_address
from zsbir.index.milvus.collection import Collection
from zsbir.index.milvus.server import Server
from zsbir.index.milvus.upload import upload


def bring(gallery, checkpoint, uri):
    build(gallery, checkpoint)
    return upload(gallery, checkpoint, uri, progress=False)


def counts(report):
    return report.sent, report.unchanged, report.removed


def searched(gallery, checkpoint, category=None):
    """What a search finds, and what the slow way finds."""
    query = embedding(gallery.path(gallery.photos[4]), checkpoint)
    ranking = PhotoIndex.load(gallery, checkpoint).search(query, 99, category)
    ids, scores = slow_search(gallery, checkpoint, query, category)
    return [photo.id for photo in ranking.photos], list(ranking.scores), ids, pytest.approx(scores, abs=1e-5)


@pytest.mark.parametrize("category", [None, "frog"])
def test_what_was_brought_is_searched_there(gallery, checkpoint, folder, uri, category):
    assert counts(bring(gallery, checkpoint, uri)) == (7, 0, 0)
    (folder / "photos.faiss").unlink()
    index = PhotoIndex.load(gallery, checkpoint)
    assert (index.address, index.notes, index.approximate) == (f"Milvus at {uri}", [], False)
    ids, scores, right, right_scores = searched(gallery, checkpoint, category)
    assert (ids, scores) == (right, right_scores)


def test_only_what_changed_is_sent_and_what_is_gone_is_removed(gallery, zoo, checkpoint, uri):
    bring(gallery, checkpoint, uri)
    assert counts(bring(gallery, checkpoint, uri)) == (0, 7, 0)
    save_photo(zoo / "frog" / "frog_0.png", RED)  # changed
    save_photo(zoo / "frog" / "frog_9.png", RED)  # new
    (zoo / "whale" / "whale_0.png").unlink()  # gone
    gallery = create_gallery("zoo", zoo)
    assert counts(bring(gallery, checkpoint, uri)) == (2, 5, 1)
    ids, scores, right, right_scores = searched(gallery, checkpoint)
    assert (ids, scores) == (right, right_scores)


def test_a_photo_in_another_category_is_found_there(gallery, checkpoint, uri):
    bring(gallery, checkpoint, uri)
    table = (gallery.home / "photos.csv").read_text(encoding="utf-8").replace(",ladybird,", ",beetle,")
    (gallery.home / "photos.csv").write_text(table, encoding="utf-8")
    assert counts(bring(load_gallery("zoo"), checkpoint, uri)) == (2, 5, 0)
    ids, _, right, _ = searched(load_gallery("zoo"), checkpoint, "beetle")
    assert ids == right and len(ids) == 2


def test_names_that_are_no_valid_text_come_back(gallery, zoo, checkpoint, uri):
    odd = 'it\'s "odd" \udcff'
    photos = list(gallery.photos)
    photos[4] = replace(photos[4], id=odd)
    write_photos(gallery.home / "photos.csv", photos)
    gallery = load_gallery("zoo")
    bring(gallery, checkpoint, uri)
    assert searched(gallery, checkpoint)[0][0] == odd


def test_other_weights_replace_everything_and_leave_nothing_behind(gallery, checkpoint, folder, uri):
    bring(gallery, checkpoint, uri)
    first = read_address(folder).collection
    checkpoint.digest = "sha256:" + "cd" * 32
    assert counts(bring(gallery, checkpoint, uri)) == (7, 0, 0)
    second = read_address(folder).collection
    server = Server(uri)
    assert (Collection(server, first).exists(), Collection(server, second).exists()) == (False, True)
    ids, _, right, _ = searched(gallery, checkpoint)
    assert ids == right


def test_galleries_of_one_name_do_not_touch_each_other(
    gallery, zoo, checkpoint, folder, uri, tmp_path, monkeypatch
):
    bring(gallery, checkpoint, uri)
    monkeypatch.setenv("ZSBIR_GALLERIES", str(tmp_path / "others"))
    (zoo / "frog" / "frog_0.png").unlink()
    other = create_gallery("zoo", zoo)
    assert counts(bring(other, checkpoint, uri)) == (6, 0, 0)
    assert len(PhotoIndex.load(gallery, checkpoint)) == 7
    assert len(Server(uri).call("list_collections")) == 2


# Interruptions


@pytest.fixture
def three_at_a_time(monkeypatch):
    monkeypatch.setattr(upload_module, "SENT", 3 * 4 * 27)


def stop_after(monkeypatch, blocks):
    """Ctrl-C after so many blocks."""
    send = Collection.send

    def stop(self, rows):
        nonlocal blocks
        if not blocks:
            raise KeyboardInterrupt
        blocks -= 1
        send(self, rows)

    monkeypatch.setattr(Collection, "send", stop)


@pytest.mark.usefixtures("three_at_a_time")
def test_until_the_first_upload_is_whole_the_files_here_are_searched(gallery, checkpoint, uri, monkeypatch):
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        stop_after(patch, 1)
        bring(gallery, checkpoint, uri)
    index = PhotoIndex.load(gallery, checkpoint)
    assert (index.address, len(index)) == ("", 7)
    assert counts(bring(gallery, checkpoint, uri)) == (4, 3, 0)
    assert PhotoIndex.load(gallery, checkpoint).address


@pytest.mark.usefixtures("three_at_a_time")
def test_an_interrupted_update_is_told_and_loses_no_photo(gallery, zoo, checkpoint, uri, monkeypatch):
    bring(gallery, checkpoint, uri)
    for path in sorted(zoo.rglob("*.png"))[:6]:
        save_photo(path, (90, 90, 10))
    gallery = create_gallery("zoo", zoo)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        stop_after(patch, 1)
        bring(gallery, checkpoint, uri)
    index = PhotoIndex.load(gallery, checkpoint)
    assert index.notes == ["an update of the photos is under way or was interrupted"]
    assert len(searched(gallery, checkpoint)[0]) == 7
    assert counts(bring(gallery, checkpoint, uri)) == (3, 4, 0)
    assert PhotoIndex.load(gallery, checkpoint).notes == []


@pytest.mark.usefixtures("three_at_a_time")
def test_a_half_loaded_collection_is_refused_even_where_it_is_named(
    gallery, checkpoint, folder, uri, monkeypatch
):
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        stop_after(patch, 1)
        bring(gallery, checkpoint, uri)
    told = json.loads((folder / "milvus.json").read_text(encoding="utf-8"))
    (folder / "milvus.json").write_text(json.dumps({**told, "complete": True}), encoding="utf-8")
    with pytest.raises(IndexMismatchError, match="are not those of this folder"):
        PhotoIndex.load(gallery, checkpoint)


def test_rows_that_got_lost_on_the_way_are_noticed(gallery, checkpoint, uri, monkeypatch):
    send = Collection.send
    with monkeypatch.context() as patch, pytest.raises(GalleryError, match="holds 6 photos instead of 7"):
        patch.setattr(Collection, "send", lambda self, rows: send(self, rows[1:]))
        bring(gallery, checkpoint, uri)
    assert counts(bring(gallery, checkpoint, uri)) == (1, 6, 0)


# Methods that see categories


def test_vectors_of_another_teaching_are_not_compared_with(gallery, zoo, checkpoint, uri):
    checkpoint.method = FakeMethod(needs_category=True, support=2)
    bring(gallery, checkpoint, uri)
    index = PhotoIndex.load(gallery, checkpoint)
    query = embedding(gallery.path(gallery.photos[0]), checkpoint, "frog")
    assert len(index.search(query, 9, "frog").photos) == 3
    save_photo(zoo / "frog" / "a_frog.png", RED)  # teaches the category now, so all frogs are embedded again
    grown = create_gallery("zoo", zoo)
    assert counts(bring(grown, checkpoint, uri)) == (4, 4, 0)
    assert index.search(query, 9, "frog").photos == ()
    assert len(PhotoIndex.load(grown, checkpoint).search(query, 9, "frog").photos) == 4
