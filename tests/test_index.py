"""The index: right answers, nothing embedded twice, nothing half-written, no other model's vectors."""

import json
import re
import shlex
from dataclasses import replace

import numpy as np
import pytest
import torch
from filelock import FileLock

from tests.fake_checkpoint import FakeCheckpoint, FakeMethod
from tests.zoo import GREEN, RED, save_photo, save_zoo
from zsbir.errors import CheckpointError, GalleryError, IndexMismatchError
from zsbir.gallery import Photo, create_gallery, load_gallery, write_photos
from zsbir.images import Preprocess, open_image, to_pixels
from zsbir.index import PhotoIndex, Ranking, build_index
from zsbir.index import build as build_module
from zsbir.index.sidecar import Sidecar
from zsbir.index.store import VectorStore
from zsbir.index.vectors import digest

REBUILD = "python -m zsbir index --gallery zoo --checkpoint "


@pytest.fixture
def zoo(tmp_path):
    save_zoo(tmp_path / "zoo")
    return tmp_path / "zoo"


@pytest.fixture
def gallery(zoo, tmp_path, monkeypatch):
    monkeypatch.setenv("ZSBIR_GALLERIES", str(tmp_path / "galleries"))
    return create_gallery("zoo", zoo)


@pytest.fixture
def checkpoint(tmp_path):
    return FakeCheckpoint(tmp_path / "checkpoints" / "fake")


@pytest.fixture
def folder(gallery):
    return gallery.home / "index" / "fake"


def build(gallery, checkpoint, batch=2):
    return build_index(gallery, checkpoint, batch=batch, progress=False)


def embedding(path, checkpoint, category=None):
    pixels = to_pixels(open_image(path), checkpoint.method.preprocess)
    return checkpoint.method.embed_sketches(pixels, category)[0].numpy()


def slow_search(gallery, checkpoint, query, category=None):
    """Every photo opened, embedded alone, compared and sorted."""
    photos = [photo for photo in gallery.photos if category in (None, photo.category)]
    scores = [float(embedding(gallery.path(photo), checkpoint) @ query) for photo in photos]
    order = sorted(range(len(photos)), key=lambda i: -scores[i])
    return [photos[i].id for i in order], [scores[i] for i in order]


# Searching


@pytest.mark.parametrize("category", [None, "frog", "whale"])
@pytest.mark.parametrize("k", [1, 3, 100])
def test_search_matches_the_slow_way(gallery, checkpoint, category, k):
    build(gallery, checkpoint)
    index = PhotoIndex.load(gallery, checkpoint)
    query = embedding(gallery.path(gallery.photos[4]), checkpoint)
    ids, scores = slow_search(gallery, checkpoint, query, category)
    ranking = index.search(query, k, category)
    assert [photo.id for photo in ranking.photos] == ids[:k]
    assert ranking.scores == pytest.approx(scores[:k], abs=1e-6)
    assert ranking.searched == len(ids)


def test_a_query_that_is_not_finite_finds_nothing(gallery, checkpoint):
    build(gallery, checkpoint)
    query = np.full(checkpoint.method.dim, np.nan, dtype=np.float32)
    ranking = PhotoIndex.load(gallery, checkpoint).search(query, 5)
    assert ranking.photos == ranking.scores == ()
    assert ranking.vote() is None


def test_an_unknown_category_is_told(gallery, checkpoint):
    build(gallery, checkpoint)
    index = PhotoIndex.load(gallery, checkpoint)
    with pytest.raises(GalleryError, match="'unicorn'"):
        index.search(np.zeros(27, dtype=np.float32), 1, "unicorn")


def ranking(*pairs, searched=10):
    photos = tuple(Photo(str(i), f"{i}.png", category) for i, (category, _) in enumerate(pairs))
    return Ranking(photos, tuple(score for _, score in pairs), searched)


def test_percentiles_by_hand():
    """Ten photos: nothing beats the first, the second and third are equal, three beat the last."""
    assert ranking(("a", 0.9), ("a", 0.5), ("a", 0.5), ("a", 0.1)).percentiles == [100.0, 90.0, 90.0, 70.0]
    assert ranking(("a", 0.9), searched=1).percentiles == [100.0]
    assert ranking(searched=0).percentiles == []


@pytest.mark.parametrize(
    ("pairs", "winner"),
    [
        ([("cat", 0.9), ("dog", 0.5), ("dog", 0.5), ("dog", 0.4)], "cat"),  # 0.5 against 0.1 + 0.1 + 0
        ([("cat", 0.6), ("dog", 0.58), ("dog", 0.57), ("cat", 0.2)], "dog"),  # 0.4 against 0.38 + 0.37
        ([("cat", 0.5), ("dog", 0.5)], "cat"),  # equal: the nearest
        ([("cat", 0.5)], "cat"),
        ([("", 0.5), ("", 0.4)], None),  # a gallery without categories
    ],
)
def test_votes_by_hand(pairs, winner):
    assert ranking(*pairs).vote() == winner


# Embedding only what is new


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
    assert (report.embedded, report.reused, report.removed, report.broken) == (2, 5, 2, [])
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


# Interruptions


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


def test_a_crash_loses_at_most_one_piece(tmp_path, monkeypatch):
    """Killed outright, nothing is saved at the end; what was saved on the way is still there."""
    monkeypatch.setattr("zsbir.index.store.PIECE", 2)
    vectors = np.eye(5, dtype=np.float32)
    killed = VectorStore(tmp_path, {"weights": "a"}, 5)
    for number in range(5):
        killed.add(str(number), vectors[number])
    again = VectorStore(tmp_path, {"weights": "a"}, 5)
    assert sorted(again) == ["0", "1", "2", "3"]
    assert np.array_equal(again["3"], vectors[3])


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
    write = build_module.write_atomically

    def crash(path, content):
        if path.name == "photos.json":
            raise KeyboardInterrupt
        write(path, content)

    with pytest.raises(KeyboardInterrupt), monkeypatch.context() as patch:
        patch.setattr(build_module, "write_atomically", crash)
        build(gallery, checkpoint)
    with pytest.raises(IndexMismatchError, match="written for another index"):
        PhotoIndex.load(gallery, checkpoint)
    build(gallery, checkpoint)
    assert len(PhotoIndex.load(gallery, checkpoint)) == 7


def test_two_processes_do_not_build_the_same_index(gallery, checkpoint, folder):
    folder.with_name("fake.partial").mkdir(parents=True)
    with (
        FileLock(folder.with_name("fake.partial") / "lock"),
        pytest.raises(GalleryError, match="Another process"),
    ):
        build(gallery, checkpoint)
    assert build(gallery, checkpoint).embedded == 7


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


# Refusing what does not fit


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


def change_backbone(gallery, checkpoint):
    checkpoint.method.backbone.name = "other"


def lose_a_photo(gallery, checkpoint):
    write_photos(gallery.home / "photos.csv", gallery.photos[1:])


def gain_a_photo(gallery, checkpoint):
    write_photos(gallery.home / "photos.csv", [*gallery.photos, Photo("new", "new.png", "frog")])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (change_weights, "made with weights sha256:ababab"),
        (change_preprocessing, "made with preprocess"),
        (change_dimension, "made with dimension 27, not 28"),
        (change_backbone, "made with backbone fake-backbone, not other"),
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


def test_the_command_uses_the_hub_s_names(gallery, tmp_path, monkeypatch):
    monkeypatch.setenv("ZSBIR_CHECKPOINTS", str(tmp_path))
    plain = FakeCheckpoint(tmp_path, "plain-ViT-B-32-openai", config={"backbone": "ViT-B-32/openai"})
    with pytest.raises(GalleryError) as caught:
        PhotoIndex.load(gallery, plain)
    assert str(caught.value).endswith(REBUILD + "ViT-B-32/openai")


def test_the_command_can_be_pasted_for_folders_too(zoo, tmp_path, checkpoint):
    place = tmp_path / "my photos"
    zoo.rename(place)
    write_photos(place / "photos.csv", [Photo("a", "frog/frog_0.png", "frog")])
    with pytest.raises(GalleryError) as caught:
        PhotoIndex.load(load_gallery(place), checkpoint)
    command = shlex.split(re.search("python -m .*", str(caught.value))[0])
    assert command[command.index("--gallery") + 1] == str(place)


def cut(path):
    path.write_bytes(path.read_bytes()[:-20])


def cut_with_matching_digest(path):
    cut(path)
    mend_digest(path)


def mend_digest(path):
    sidecar = path.with_name("photos.json")
    values = json.loads(sidecar.read_text(encoding="utf-8"))
    sidecar.write_text(json.dumps({**values, "vectors": digest(path.read_bytes())}), encoding="utf-8")


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
    from zsbir.index.vectors import pack

    build(gallery, checkpoint)
    (folder / "photos.faiss").write_bytes(pack(np.ones((3, 27), dtype=np.float32)))
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
