"""The loopback Hub fails as it is told to, and the real client notices."""

import urllib.request

import pytest

from tests.hub.downloads import download
from tests.hub.server_trouble import Corrupt, Cut, Drip, Hang, Refuse

WEIGHTS = "weights " * 1000
SMALL, LARGE = [("user/repo", file, "main") for file in ("config.json", "model.safetensors")]


@pytest.fixture
def repo(hub):
    repo = hub.model("user/repo")
    repo.commit({"config.json": "{}", "model.safetensors": WEIGHTS})
    return repo


def test_a_connection_closed_half_way_is_opened_again(hub, machine, repo):
    hub.misbehave("GET /storage/", Cut(0.5, times=1))
    assert download(machine, LARGE)[0]["content"] == WEIGHTS
    assert len(hub.asked("GET /storage/")) == 2


def test_the_rest_of_a_file_can_be_asked_for(hub, machine, repo):
    download(machine, LARGE)
    place = f"{hub.storage}{hub.asked('GET /storage/')[0].path}"
    rest = urllib.request.Request(place, headers={"Range": "bytes=7990-"})
    with urllib.request.urlopen(rest, timeout=10) as answer:
        assert answer.status == 206 and answer.read().decode() == WEIGHTS[7990:]


def test_a_slow_transfer_comes_whole(hub, machine, repo):
    hub.misbehave("GET /storage/", Drip(piece=4000, pause=0.05))
    assert download(machine, LARGE)[0]["content"] == WEIGHTS


def test_wrong_bytes_under_the_right_name_are_not_noticed_by_the_client(hub, machine, repo):
    """Why zsbir compares digests itself."""
    hub.misbehave("GET /storage/", Corrupt())
    (found,) = download(machine, LARGE)
    assert len(found["content"]) == len(WEIGHTS) and found["content"] != WEIGHTS


def test_a_hub_that_hangs_is_asked_again_after_the_clients_timeout(hub, machine, repo):
    """By then with a minute's patience, six times over: why zsbir sets an end to the waiting itself."""
    hub.misbehave("HEAD /user/repo/resolve", Hang(times=1))
    (found,) = download(machine, SMALL, HF_HUB_ETAG_TIMEOUT="1")
    assert found["content"] == "{}" and len(hub.asked("HEAD /user/repo/resolve")) == 2


def test_a_hub_that_hangs_never_answers(hub, repo):
    hub.misbehave("", Hang())
    with pytest.raises(TimeoutError):
        urllib.request.urlopen(f"{hub.url}/api/models/user/repo", timeout=0.3)


@pytest.mark.parametrize("status", [429, 500])
def test_a_hub_that_is_down_or_busy_is_asked_again(hub, machine, repo, status):
    hub.misbehave("HEAD /user/repo/resolve", Refuse(status, times=1))
    assert download(machine, SMALL)[0]["content"] == "{}"
    assert len(hub.asked("HEAD /user/repo/resolve")) == 2


def test_troubles_can_be_taken_back(hub, machine, repo):
    hub.misbehave("", Refuse(500))
    hub.behave()
    assert download(machine, LARGE)[0]["content"] == WEIGHTS
