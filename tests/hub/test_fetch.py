"""Repositories come out of the cache, or else out of the network, once."""

import pytest

from tests.hub.here import settle
from tests.hub.server_trouble import Refuse
from zsbir.errors import HubError
from zsbir.hub import Layout, Reference, fetch

LAYOUT = Layout("a checkpoint", "config.json", ("*.safetensors", "README.md"))
OTHER = Layout("a backbone", "open_clip_config.json", ("open_clip_model.safetensors",))
FILES = {"config.json": "{}", "model.safetensors": "weights", "README.md": "card", "model.bin": "pickled"}
WANTED = Reference("user/repo")


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def here(hub, home, monkeypatch):
    settle(monkeypatch, hub.url, home)


@pytest.fixture
def repo(hub):
    repo = hub.model("user/repo")
    repo.commit(FILES)
    return repo


def files(snapshot):
    return {path.relative_to(snapshot.folder).as_posix() for path in snapshot.folder.rglob("*")}


def test_a_repository_comes_as_a_folder_of_the_wanted_files(repo, home):
    snapshot = fetch(WANTED, LAYOUT)
    assert snapshot.reference == WANTED.at(repo.head)
    assert files(snapshot) == {"config.json", "model.safetensors", "README.md"}
    assert snapshot.file("model.safetensors").read_text() == "weights"
    assert home / "hub" in snapshot.folder.parents


def test_the_second_time_the_network_is_not_asked(hub, repo):
    first = fetch(WANTED, LAYOUT)
    hub.requests.clear()
    assert fetch(WANTED, LAYOUT) == first == fetch(WANTED.at(repo.head), LAYOUT)
    assert hub.requests == []


def test_offline_the_cache_is_enough(hub, repo, home, monkeypatch):
    first = fetch(WANTED, LAYOUT)
    settle(monkeypatch, "http://127.0.0.1:9", home, offline=True)
    assert fetch(WANTED, LAYOUT) == first
    assert first.file("README.md").read_text() == "card"


def test_a_branch_stays_where_it_was_until_it_is_refreshed(hub, repo):
    old = repo.head
    assert fetch(WANTED, LAYOUT).reference.revision == old
    new = repo.commit({"model.safetensors": "better"})
    assert fetch(WANTED, LAYOUT).reference.revision == old
    moved = fetch(WANTED, LAYOUT, refresh=True)
    assert moved.reference.revision == new == fetch(WANTED, LAYOUT).reference.revision
    assert moved.file("model.safetensors").read_text() == "better"
    assert fetch(WANTED.at(old), LAYOUT).file("model.safetensors").read_text() == "weights"


def test_branches_tags_and_commits_are_revisions(hub, repo):
    repo.tag("v1")
    repo.commit(FILES | {"model.safetensors": "other"}, branch="trial")
    for revision, weights in (("v1", "weights"), ("trial", "other"), (repo.head, "weights")):
        snapshot = fetch(Reference("user/repo", revision), LAYOUT)
        assert snapshot.file("model.safetensors").read_text() == weights
        assert snapshot.reference.is_pinned


def test_the_kind_of_a_repository_is_seen_by_its_files(hub, repo):
    hub.model("user/tower").commit({"open_clip_config.json": "{}", "config.json": "of another library"})
    assert fetch(Reference("user/tower"), OTHER, LAYOUT).layout is OTHER
    assert fetch(WANTED, OTHER, LAYOUT).layout is LAYOUT
    with pytest.raises(HubError) as caught:
        fetch(Reference("user/tower"), Layout("a gallery", "metadata.csv", ()))
    assert str(caught.value) == "user/tower is no repository of a gallery, with metadata.csv; check its name."


def test_datasets_come_too_with_many_files_at_once(hub):
    photos = {f"photos/{number:03}.jpg": f"picture {number}" for number in range(130)}
    hub.dataset("user/zoo").commit({"metadata.csv": "file_name", **photos})
    snapshot = fetch(
        Reference.parse("hf://datasets/user/zoo"), Layout("a gallery", "metadata.csv", ("photos/*",))
    )
    assert {path.name for path in (snapshot.folder / "photos").iterdir()} == {
        name.removeprefix("photos/") for name in photos
    }
    assert snapshot.file("photos/129.jpg").read_text() == "picture 129"


def test_what_an_interrupted_download_left_is_never_taken_for_whole(hub, repo, home):
    hub.misbehave("GET /storage/", Refuse(404))
    with pytest.raises(HubError):
        fetch(WANTED, LAYOUT)
    assert not list((home / "hub").rglob("config.json"))
    hub.behave()
    assert files(fetch(WANTED, LAYOUT)) == {"config.json", "model.safetensors", "README.md"}


def test_the_old_commit_serves_while_the_new_one_is_incomplete(hub, repo):
    old = fetch(WANTED, LAYOUT)
    repo.commit({"model.safetensors": "better", "config.json": "{ }"})
    hub.misbehave("GET /storage/", Refuse(404))
    with pytest.raises(HubError):
        fetch(WANTED, LAYOUT, refresh=True)
    assert fetch(WANTED, LAYOUT) == old


def test_a_file_that_another_program_left_out_is_completed(hub, repo):
    from huggingface_hub import hf_hub_download

    hf_hub_download("user/repo", "config.json")
    snapshot = fetch(WANTED, LAYOUT)
    assert not snapshot.has("model.safetensors")
    assert snapshot.file("model.safetensors").read_text() == "weights"


def test_a_damaged_file_in_the_cache_is_downloaded_again(hub, repo):
    for file in ("model.safetensors", "config.json"):  # of both kinds of checksums
        path = fetch(WANTED, LAYOUT).file(file)
        good = path.read_text()
        path.resolve().write_text(good[:-1] + "?")
        assert fetch(WANTED, LAYOUT).file(file).read_text() == good
