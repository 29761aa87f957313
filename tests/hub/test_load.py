"""`zsbir.load` with what is on the Hub: recognised, indexed once, pinned."""

import json

import pytest

import zsbir
from tests.hub.here import settle
from tests.untrained import rewrite, save_clip_at, save_plain
from tests.zoo import save_zoo
from zsbir.errors import CheckpointError, GalleryError, HubError, IndexMismatchError
from zsbir.gallery import create_gallery
from zsbir.strokes import Drawing

BAR = Drawing.from_quickdraw('{"word": "bar", "drawing": [[[10, 10], [0, 100]]]}')
COMMIT = "0123456789" * 4


@pytest.fixture(autouse=True)
def home(hub, tmp_path, monkeypatch):
    settle(monkeypatch, hub.url, tmp_path / "home")
    monkeypatch.setenv("ZSBIR_GALLERIES", str(tmp_path / "galleries"))
    monkeypatch.setenv("ZSBIR_CACHE", str(tmp_path / "cache"))
    save_zoo(tmp_path / "photos")
    create_gallery("everyday", tmp_path / "photos")
    return tmp_path / "home"


@pytest.fixture
def repo(hub, tiny_folder):
    """A checkpoint whose backbone lies beside it in the repository."""
    folder = save_clip_at(tiny_folder, "category")
    rewrite(folder, backbone="tiny")
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    files |= {f"tiny/{path.name}": path.read_bytes() for path in tiny_folder.iterdir()}
    repo = hub.model("user/zsbir-clip-at")
    repo.commit(files)
    return repo


def test_a_checkpoint_of_the_hub_searches_the_bundled_gallery(hub, repo, capsys, tmp_path):
    pinned = f"user/zsbir-clip-at@{repo.head}"
    first = zsbir.load(pinned, device="cpu")
    assert "7/7" in capsys.readouterr().err  # the gallery is embedded, with a progress bar
    assert first.checkpoint.name == "zsbir-clip-at"
    assert first.gallery.name == "everyday"
    hub.requests.clear()
    again = zsbir.load(checkpoint=pinned, device="cpu")
    assert capsys.readouterr().err == ""
    assert hub.requests == []
    assert again.checkpoint.reference == again.checkpoint.origin == pinned
    hits = [[hit.photo.id for hit in retriever.search(BAR, k=7)] for retriever in (first, again)]
    assert hits[0] == hits[1] and len(hits[0]) == 7
    files = [path for path in tmp_path.rglob("*") if path.is_file() and "photos.faiss" in path.name]
    assert files == [tmp_path / "galleries" / "everyday" / "index" / "zsbir-clip-at" / "photos.faiss"]


def test_other_weights_under_the_same_name_do_not_search_the_old_index(repo, tiny_folder):
    old = zsbir.load("user/zsbir-clip-at", device="cpu").checkpoint.reference
    other = save_clip_at(tiny_folder, "category", "other", seed=1)
    new = repo.commit({"model.safetensors": (other / "model.safetensors").read_bytes()})
    assert zsbir.load("user/zsbir-clip-at", device="cpu").checkpoint.reference == old
    with pytest.raises(IndexMismatchError) as caught:
        zsbir.load(f"user/zsbir-clip-at@{new}", device="cpu")
    assert "with weights sha256:" in str(caught.value)
    assert str(caught.value).endswith(
        f"python -m zsbir index --gallery everyday --checkpoint user/zsbir-clip-at@{new}"
    )


def test_a_swapped_backbone_is_told(repo, tiny_folder):
    from safetensors.torch import load, save

    weights = load(repo.files()["tiny/model.safetensors"])
    repo.commit({"tiny/model.safetensors": save({name: value + 0.1 for name, value in weights.items()})})
    with pytest.raises(CheckpointError, match=r"^zsbir-clip-at was trained on tiny sha256:\w+, and the "):
        zsbir.load("user/zsbir-clip-at", device="cpu")


def test_missing_and_damaged_parts_are_told_by_the_repository_s_name(repo):
    config = json.loads(repo.files()["config.json"])
    repo.commit({"config.json": json.dumps(config | {"format": 2})})
    with pytest.raises(CheckpointError, match=r"^zsbir-clip-at/config.json is of format 2 and comes from "):
        zsbir.load(f"user/zsbir-clip-at@{repo.head}", device="cpu")
    repo.commit({"config.json": json.dumps(config), "model.safetensors": "no tensors"})
    with pytest.raises(CheckpointError, match=r"^zsbir-clip-at/model.safetensors is damaged"):
        zsbir.load(f"user/zsbir-clip-at@{repo.head}", device="cpu")
    files = repo.files()
    del files["model.safetensors"]
    repo.store(files)
    with pytest.raises(HubError, match=r"^model.safetensors of user/zsbir-clip-at@\w+ is missing in"):
        zsbir.load(f"user/zsbir-clip-at@{repo.head}", device="cpu")


def test_a_name_means_a_folder_before_open_clip_s_weights_and_those_before_the_hub(
    hub, repo, tiny_folder, tmp_path, monkeypatch
):
    from zsbir.checkpoint import load_checkpoint

    monkeypatch.chdir(tmp_path)
    plain = save_plain(tiny_folder)
    (tmp_path / "user").mkdir()
    plain.rename(tmp_path / "user" / "zsbir-clip-at")
    rewrite(tmp_path / "user" / "zsbir-clip-at", backbone=str(tiny_folder))
    assert load_checkpoint("user/zsbir-clip-at", device="cpu").method.name == "plain"
    assert load_checkpoint("hf://user/zsbir-clip-at", device="cpu").method.name == "clip-at"
    hub.requests.clear()
    with pytest.raises(HubError):
        load_checkpoint("ViT-B-32-quickgelu/openai", device="cpu")
    assert hub.asked("/timm/vit_base_patch32_clip_224.openai/") and not hub.asked("/ViT-B-32-quickgelu/")


@pytest.mark.parametrize("gallery", ["nowhere", "./user/zsbir-clip-at", "user/photos/more"])
def test_what_cannot_be_a_checkpoint_is_a_gallery(hub, repo, gallery):
    with pytest.raises(GalleryError, match="There is no gallery"):
        zsbir.load(gallery, device="cpu")
    assert hub.requests == []


def test_a_gallery_of_the_hub_and_a_checkpoint_that_is_named_stay_what_they_are(hub, repo):
    with pytest.raises(HubError, match="The Hub has no dataset hf://datasets/user/none"):
        zsbir.load("hf://datasets/user/none", device="cpu")
    with pytest.raises(GalleryError, match="There is no gallery 'user/zsbir-clip-at'"):
        zsbir.load("user/zsbir-clip-at", "plain", device="cpu")
