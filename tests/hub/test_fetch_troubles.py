"""Everything that the Hub, the network or the disk can do wrong gets a sentence of its own."""

import errno
import os
import shutil
import socket
from types import SimpleNamespace

import pytest

from tests.hub.here import settle
from tests.hub.server_trouble import Corrupt, Cut, Refuse
from zsbir.errors import HubError
from zsbir.hub import Layout, Reference, download, fetch

LAYOUT = Layout("a checkpoint", "config.json", ("*.safetensors",))
WEIGHTS = "weights " * 1000
COMMIT = "0123456789" * 4
WANTED = Reference("user/repo")
ELSEWHERE = "Where there is a network run `python -m zsbir download user/repo`."


@pytest.fixture(autouse=True)
def home(hub, tmp_path, monkeypatch):
    settle(monkeypatch, hub.url, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def repo(hub):
    repo = hub.model("user/repo")
    repo.commit({"config.json": "{}", "model.safetensors": WEIGHTS})
    return repo


def refused(wanted=WANTED, **how):
    """The sentence that comes instead of the repository."""
    with pytest.raises(HubError) as caught:
        fetch(wanted, LAYOUT, **how)
    sentence = str(caught.value)
    assert "\n" not in sentence and sentence.endswith(".")
    return sentence


def test_nothing_there(hub):
    assert refused() == (
        "The Hub has no model user/repo, or it is private; check its name, or log in with `hf auth login`."
    )
    assert "The Hub has no dataset hf://datasets/user/zoo," in refused(Reference("user/zoo", kind="dataset"))


def test_private_looks_the_same_and_a_token_is_told(hub, repo, monkeypatch):
    repo.private = True
    assert refused().startswith("The Hub has no model user/repo, or it is private;")
    monkeypatch.setenv("HF_TOKEN", "hf_other")
    assert refused().endswith("check its name, or one that your token may read.")
    monkeypatch.setenv("HF_TOKEN", "hf_user")
    assert fetch(WANTED, LAYOUT).file("model.safetensors").read_text() == WEIGHTS


def test_gated(hub, repo, home):
    repo.gated = True
    assert refused() == (
        f"user/repo is gated: ask for access at {hub.url}/user/repo, log in with `hf auth login`, and run "
        "the same again."
    )
    assert not list((home / "hub").rglob("*.json"))


def test_a_token_that_is_none(hub, repo, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_invented")
    assert refused() == (
        "The Hub refuses your token for user/repo; log in again with `hf auth login`, or unset HF_TOKEN."
    )


@pytest.mark.parametrize("revision", ["trial", COMMIT])
def test_a_revision_that_is_wrong_or_vanished(hub, repo, revision):
    assert refused(WANTED.at(revision)) == (
        f"user/repo has no revision '{revision}', or no longer; choose a branch, a tag or a whole commit "
        f"hash that {hub.url}/user/repo has."
    )


def test_a_revision_that_vanished_is_still_served_by_the_cache(hub, repo):
    pinned = fetch(WANTED, LAYOUT).reference
    repo.forget(pinned.revision)
    assert fetch(pinned, LAYOUT).file("model.safetensors").read_text() == WEIGHTS
    assert "or no longer" in refused(pinned, refresh=True)


def test_a_file_that_no_commit_has(hub, repo):
    snapshot = fetch(WANTED, LAYOUT)
    with pytest.raises(HubError) as caught:
        snapshot.file("more.safetensors")
    pinned = f"user/repo@{repo.head}"
    assert str(caught.value) == (
        f"more.safetensors of {pinned} is missing in the cache. {pinned} has no such file on the Hub; "
        "tell its owner."
    )


def test_offline(hub, repo, home, monkeypatch):
    settle(monkeypatch, hub.url, home, offline=True)
    assert refused() == (
        f"user/repo is not in {home / 'hub'}, and HF_HUB_OFFLINE forbids to ask the Hub. {ELSEWHERE}"
    )
    assert hub.requests == []


def test_offline_with_damage(hub, repo, home, monkeypatch):
    snapshot = fetch(WANTED, LAYOUT)
    snapshot.file("model.safetensors").resolve().write_text("other")
    settle(monkeypatch, hub.url, home, offline=True)
    with pytest.raises(
        HubError, match=r"^model.safetensors of \S+ is damaged in the cache\. HF_HUB_OFFLINE forbids to ask"
    ):
        snapshot.file("model.safetensors")


def test_offline_what_is_here_is_not_said_to_be_lacking(hub, repo, home, monkeypatch):
    pinned = fetch(WANTED, LAYOUT).reference
    settle(monkeypatch, hub.url, home, offline=True)
    assert refused(refresh=True).startswith(
        "HF_HUB_OFFLINE forbids to ask the Hub for user/repo. Where there"
    )
    assert refused(pinned, refresh=True).startswith(f"HF_HUB_OFFLINE forbids to ask the Hub for {pinned}. ")
    assert refused(WANTED.at("trial")).startswith("user/repo@trial is not in ")


def test_no_network(repo, home, monkeypatch):
    with socket.socket() as closed:  # a port that refuses, because nobody listens on it
        closed.bind(("127.0.0.1", 0))
        settle(monkeypatch, f"http://127.0.0.1:{closed.getsockname()[1]}", home)
        sentence = refused()
    assert sentence.startswith("The Hub cannot be reached for user/repo (") and ELSEWHERE in sentence


@pytest.mark.parametrize(
    ("status", "headers", "sentence"),
    [
        (429, {}, "The Hub was asked too often from here (429) and does not give user/repo now; try again in "
                  "some minutes."),
        (429, {"Retry-After": "7"}, "The Hub was asked too often from here (429) and does not give user/repo "
                                    "now; try again in 7 seconds."),
        (500, {}, "The Hub is in trouble (500) and does not give user/repo now; try again l"),
        (503, {}, "The Hub is in trouble (503) and does not give user/repo now; try again l"),
        (403, {}, "Your token may not read user/repo; log in with one that may, with `hf auth login`."),
        (418, {}, "The Hub refuses user/repo with status 418; look at "),
        (403, {"X-Error-Message": "Access to this resource is disabled."}, "The Hub has disabled user/repo;"),
    ],
)  # fmt: skip
def test_a_hub_that_refuses(hub, repo, status, headers, sentence):
    hub.misbehave("GET /api/models", Refuse(status, headers))
    assert refused().startswith(sentence)


def test_bytes_that_are_not_the_announced_ones(hub, repo, home):
    hub.misbehave("GET /storage", Corrupt())
    assert refused() == (
        "model.safetensors of user/repo came damaged: its checksum is not the one that the Hub announces. It "
        "was deleted; try again, and if that does not help, look for a proxy that changes downloads."
    )
    assert not [
        path for path in (home / "hub").rglob("*") if path.is_file() and "weights" in path.read_text()
    ]
    hub.behave()
    assert fetch(WANTED, LAYOUT).file("model.safetensors").read_text() == WEIGHTS


def test_small_files_are_checked_as_well(hub, repo):
    hub.misbehave("GET /api/resolve-cache", Corrupt())
    assert refused().startswith("config.json of user/repo came damaged:")


def test_a_connection_that_breaks_once_is_resumed(hub, repo):
    hub.misbehave("GET /storage", Cut(0.5, times=1))
    assert fetch(WANTED, LAYOUT).file("model.safetensors").read_text() == WEIGHTS


def test_a_branch_that_moves_while_it_is_downloaded(hub, repo, monkeypatch):
    listing = download.list_files(WANTED)
    repo.commit({"config.json": "{ }"})
    with pytest.raises(HubError) as caught:
        download.download(WANTED, listing, ["model.safetensors", "config.json"])
    assert str(caught.value) == (
        "user/repo got a new commit while it was being downloaded; run the same again."
    )


def test_a_disk_that_will_not_hold_it_is_noticed_before(hub, repo, home, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=5000))
    assert refused() == (
        f"user/repo needs 0 MB more, and the disk of the cache {home / 'hub'} has 0 MB left; free some, or "
        "set HF_HOME to a folder on another disk."
    )
    assert not hub.asked("GET /storage")


def test_a_cache_where_a_file_is_in_the_way(hub, repo, home, monkeypatch):
    home.write_text("")
    assert refused() == (
        f"The cache {home / 'hub'} cannot be written to (Not a directory); make it writable, or set HF_HOME "
        "to a folder that is."
    )


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS])
def test_a_cache_that_cannot_be_written_to(repo, home, number):
    from zsbir.hub.troubles import explain

    sentence = str(explain(OSError(number, os.strerror(number)), WANTED, 1))
    assert sentence == (
        f"The cache {home / 'hub'} cannot be written to ({os.strerror(number)}); make it writable, or set "
        "HF_HOME to a folder that is."
    )
