"""Datasets of the Hub become galleries: parquet files and image folders."""

import pytest

from tests.fake_checkpoint import FakeCheckpoint
from tests.gallery.kit import picture, write_animals
from tests.hub.here import settle
from tests.hub.server_trouble import Refuse
from tests.index.kit import build
from tests.zoo import save_zoo
from zsbir.errors import GalleryError, HubError
from zsbir.gallery import Wishes, create_gallery, load_gallery, make_gallery
from zsbir.images import open_image
from zsbir.index import PhotoIndex

ANIMALS = "hf://datasets/user/animals"
CARD = "---\nlicense: cc-by-4.0\n---\n# Animals\n"


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def here(hub, home, tmp_path, monkeypatch):
    settle(monkeypatch, hub.url, home)
    monkeypatch.setenv("ZSBIR_GALLERIES", str(tmp_path / "galleries"))
    monkeypatch.setenv("ZSBIR_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def animals(hub, tmp_path):
    """Three parquet shards of two splits, with a card, and a picture of its page that is no photo of it."""
    pytest.importorskip("pyarrow")
    folder = write_animals(tmp_path / "animals")
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.parquet")}
    repo = hub.dataset("user/animals")
    repo.commit({**files, "README.md": CARD, "assets/logo.png": picture(200)})
    return repo


@pytest.fixture
def pets(hub):
    """An image folder with a table for one of its splits."""
    repo = hub.dataset("user/pets")
    names = ("train/cat/a.png", "train/dog/b.png", "test/c.png")
    photos = {name: picture(red) for red, name in enumerate(names)}
    table = "file_name,label,title,license\nc.png,cat,Tom,CC0\ngone.png,cat,,CC0\n"
    repo.commit({**photos, "test/metadata.csv": table, "notes.txt": "not wanted", "README.md": CARD})
    return repo


def reds(gallery):
    return [open_image(gallery.path(photo)).getpixel((0, 0))[0] for photo in gallery.photos]


def downloads(hub):
    return {request.path.rpartition("/")[2] for request in hub.asked(r"HEAD .*/resolve/")}


def test_parquet_shards_become_photos_with_their_origin(hub, animals):
    gallery = create_gallery("animals", ANIMALS)
    assert reds(gallery) == [0, 1, 2, 3, 4, 5, 6]
    assert gallery.source == f"{ANIMALS}@{animals.head}"
    assert {photo.licence for photo in gallery.photos} == {"cc-by-4.0"}
    assert {photo.source for photo in gallery.photos} == {"https://huggingface.co/datasets/user/animals"}
    assert load_gallery("animals") == gallery


def test_no_more_shards_are_downloaded_than_the_limit_takes(hub, animals):
    assert len(make_gallery("few", ANIMALS, Wishes(limit=2)).gallery.photos) == 2
    assert downloads(hub) == {"README.md", "train-00000-of-00002.parquet"}
    make_gallery("test", ANIMALS, Wishes(split="test"))
    assert "train-00001-of-00002.parquet" not in downloads(hub)


def test_a_revision_is_taken_and_a_newer_one_later(hub, animals):
    old = animals.head
    first = create_gallery("animals", ANIMALS).photos[0]
    animals.commit({"README.md": CARD.replace("cc-by-4.0", "mit")})
    assert {photo.licence for photo in create_gallery("animals", f"{ANIMALS}@{old}").photos} == {"cc-by-4.0"}
    newer = create_gallery("animals", ANIMALS)
    assert newer.source == f"{ANIMALS}@{animals.head}" and newer.by_id[first.id].licence == "mit"


def test_an_image_folder_stays_in_the_cache_of_the_hub(hub, pets, home):
    made = make_gallery("pets", "hf://datasets/user/pets")
    gallery = made.gallery
    assert {photo.id: (photo.category, photo.title, photo.licence) for photo in gallery.photos} == {
        "test/c": ("cat", "Tom", "CC0"),
        "train/cat/a": ("cat", "", "cc-by-4.0"),
        "train/dog/b": ("dog", "", "cc-by-4.0"),
    }
    assert made.left_out == [("test/gone.png", "It is listed, but not there.")]
    assert home / "hub" in gallery.root.parents and reds(gallery) == [2, 0, 1]
    assert "notes.txt" not in downloads(hub)


def test_a_split_of_an_image_folder(hub, pets):
    gallery = make_gallery("pets", "hf://datasets/user/pets", Wishes(split="train", limit=1)).gallery
    assert list(gallery.by_id) == ["train/cat/a"]
    assert downloads(hub) == {"README.md", "metadata.csv", "a.png"}


def test_without_the_hub_the_cache_is_taken_and_told(hub, animals, home, monkeypatch, caplog):
    before = create_gallery("animals", ANIMALS)
    hub.misbehave("GET /api", Refuse(500))
    assert create_gallery("again", ANIMALS).photos == before.photos
    assert "What the cache holds of it is taken" in caplog.text
    settle(monkeypatch, "http://127.0.0.1:9", home, offline=True)
    assert create_gallery("offline", f"{ANIMALS}@{animals.head}").photos == before.photos


def test_without_the_hub_part_of_a_dataset_is_not_taken_for_all_of_it(animals, home, monkeypatch):
    make_gallery("few", ANIMALS, Wishes(limit=2))
    settle(monkeypatch, "http://127.0.0.1:9", home, offline=True)
    with pytest.raises(HubError, match=r"The cache lacks data/train-00001-of-00002.parquet .*HF_HUB_OFFLINE"):
        create_gallery("all", ANIMALS)
    with pytest.raises(HubError, match=r"^hf://datasets/user/others is not in .*HF_HUB_OFFLINE.* index hf:"):
        create_gallery("others", "hf://datasets/user/others")


def test_datasets_that_cannot_be_had_are_told(hub):
    hub.dataset("user/tars").commit({"a.tar": "1", "b.tar": "2", "README.md": CARD})
    hub.dataset("user/empty").commit({".gitattributes": ""})
    cases = {
        "hf://datasets/user/tars": r"no photos in .*/tars@\w{40}, which holds 2 \.tar, 1 \.md; .* may have "
        r"converted it, to hf://datasets/user/tars@refs/convert/parquet$",
        "hf://datasets/user/empty": r"There are no photos in .*",
        "hf://datasets/user/missing": r"The Hub has no dataset hf://datasets/user/missing, or it is private",
        "hf://datasets/user/tars@v9": r"user/tars has no revision 'v9'",
        "hf://datasets/user name/x": r"cannot be a repository of the Hub; .* \(no spaces",
        "hf://datasets/../x": r"cannot be a repository of the Hub",
        "hf://datasets/user/a/../b": r"cannot be a repository of the Hub",
        "hf://user/model": r"names a model; a dataset is named hf://datasets/user/model",
    }
    for source, sentence in cases.items():
        with pytest.raises((GalleryError, HubError), match=sentence):
            create_gallery("none", source)
    with pytest.raises(GalleryError, match="no gallery 'none'"):
        load_gallery("none")


def test_the_converted_branch_is_read(hub, animals):
    files = animals.files()
    shard = files["data/test-00000-of-00001.parquet"]
    animals.store({"default/test/0000.parquet": shard}, branch="refs/convert/parquet")
    gallery = create_gallery("animals", f"{ANIMALS}@refs/convert/parquet")
    assert list(gallery.by_id) == ["test/000000", "test/000001", "test/000002"]


def test_a_gallery_is_opened_as_it_is_and_nothing_is_written_beside_it(hub, tmp_path):
    table = "file_name,id,category\nphotos/a.png,one,cat\n"
    repo = hub.dataset("user/zoo")
    repo.commit({"metadata.csv": table, "photos/a.png": picture(9), "index/plain/photos.json": "{}"})
    gallery = load_gallery("hf://datasets/user/zoo")
    assert (gallery.name, gallery.reference) == ("zoo", f"hf://datasets/user/zoo@{repo.head}")
    assert list(gallery.by_id) == ["one"] and reds(gallery) == [9]
    written, own = gallery.index_homes
    assert tmp_path / "cache" in written.parents and (own / "plain" / "photos.json").is_file()
    hub.dataset("user/animals").commit({"a.parquet": b""})
    with pytest.raises(HubError, match=r"other datasets become galleries with `python -m zsbir index hf:"):
        load_gallery(ANIMALS)


def test_a_gallery_of_which_a_part_was_downloaded_is_completed(hub, home, monkeypatch):
    names = [f"photos/{red}.png" for red in range(4)]
    repo = hub.dataset("user/zoo")
    repo.commit({"metadata.csv": "\n".join(["file_name", *names, "photos/gone.png"])})
    repo.commit({name: picture(red) for red, name in enumerate(names)})
    make_gallery("few", "hf://datasets/user/zoo", Wishes(limit=2))
    settle(monkeypatch, hub.url, home, offline=True)
    with pytest.raises(
        HubError, match=r"^3 files of \S+, such as photos/2.png, are missing in the cache\. .*HF"
    ):
        load_gallery("hf://datasets/user/zoo")
    settle(monkeypatch, hub.url, home)
    gallery = load_gallery("hf://datasets/user/zoo")
    assert [photo.file for photo in gallery.photos if gallery.path(photo).is_file()] == names


def test_indexes_come_along_so_that_nothing_is_embedded_again(hub, tmp_path):
    """As `push-gallery` lays them out: the table with its ids, the photos, the index of a checkpoint."""
    save_zoo(tmp_path / "zoo")
    checkpoint = FakeCheckpoint(tmp_path / "fake")
    pushed = create_gallery("pushed", tmp_path / "zoo")
    build(pushed, checkpoint)
    photos = {photo.file: pushed.path(photo).read_bytes() for photo in pushed.photos}
    rows = [f"{photo.file},{photo.id}!,{photo.category}" for photo in pushed.photos]
    index = {f"index/fake/{path.name}": path.read_bytes() for path in (pushed.home / "index/fake").iterdir()}
    table = "\n".join(["file_name,id,category", *rows])
    hub.dataset("user/zoo").commit({**photos, **index, "metadata.csv": table, "README.md": CARD})
    gallery = create_gallery("zoo", "hf://datasets/user/zoo")
    assert next(iter(gallery.by_id)) == "frog/frog_0!"
    report = build(gallery, checkpoint)
    assert (report.embedded, report.reused) == (0, 7)
    assert len(PhotoIndex.load(gallery, checkpoint)) == 7
