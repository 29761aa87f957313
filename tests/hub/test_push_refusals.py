"""What is not pushed, each told in one sentence; nothing is half there afterwards."""

import errno
import os
import socket

import huggingface_hub.constants as constants
import pytest

from tests.hub.here import settle
from tests.hub.server_trouble import Hang, Refuse
from zsbir.cli import main
from zsbir.hub.reference import Reference
from zsbir.hub.refusals import explain_refusal

COMMIT = "0123456789" * 4


@pytest.fixture
def refuse(hub, monkeypatch, tmp_path, capsys):
    """Push plain CLIP somewhere, and return the one line that it fails with."""

    def refuse(*arguments, token="hf_user", endpoint=hub.url, offline=False):
        settle(monkeypatch, endpoint, tmp_path, offline=offline)
        monkeypatch.setenv("HF_TOKEN", token)
        assert main(["push", "plain", *arguments, "--yes"]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        return line

    return refuse


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["user/two words"], "cannot be a repository of the Hub"),
        (["user/../repo"], "cannot be a repository of the Hub"),
        (["repo"], "cannot be a repository of the Hub"),
        (["hf://datasets/user/repo"], "is a dataset repository"),
        (["user/repo", "--revision", COMMIT], "is a commit, which never changes"),
        (["user/repo", "--backbone", "user/tiny"], "Name the commit of the backbone too"),
    ],
)
def test_names_that_cannot_be(hub, refuse, arguments, sentence):
    assert sentence in refuse(*arguments)
    assert hub.requests == []


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        ("", "There is no token to push to user/repo with"),
        ("hf_invented", "The Hub does not know your token"),
        ("hf_reader", "Your token may only read"),
        ("hf_other", "Your token is that of other, who cannot write to user/repo; push to other/repo"),
    ],
)
def test_who_may_not_write(hub, refuse, token, sentence):
    assert sentence in refuse("user/repo", token=token)
    assert hub.writes == [] and hub.repos == {}


def test_no_network_and_a_hub_that_hangs(hub, refuse, monkeypatch):
    with socket.socket() as closed:  # a port that refuses, because nobody listens on it
        closed.bind(("127.0.0.1", 0))
        told = refuse("user/repo", endpoint=f"http://127.0.0.1:{closed.getsockname()[1]}")
    assert "The Hub cannot be reached to push user/repo" in told
    assert "HF_HUB_OFFLINE forbids" in refuse("user/repo", offline=True)
    hub.misbehave("", Hang())
    monkeypatch.setattr(constants, "HF_HUB_ETAG_TIMEOUT", 1)
    assert "The Hub said nothing for 1 seconds" in refuse("user/repo")


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        (Refuse(403), "Your token may not write to user/repo (forbidden)"),
        (Refuse(412), "Somebody else has changed user/repo meanwhile"),
        (Refuse(413), "The Hub finds that too large for user/repo"),
        (Refuse(429, {"Retry-After": "7"}), "The Hub was asked too often from here (429); in 7 seconds"),
        (Refuse(500), "The Hub is in trouble (500) and did not take user/repo"),
        (Refuse(400), "The Hub refuses user/repo with status 400"),
    ],
)
def test_commits_that_are_refused_leave_nothing(hub, refuse, trouble, sentence):
    hub.misbehave("POST .*/commit/", trouble)
    assert sentence in refuse("user/repo")
    assert set(hub.model("user/repo").files()) == {".gitattributes"}


def test_what_is_there_already_is_not_made_private_or_moved(hub, refuse):
    repo = hub.model("user/repo")
    repo.commit({".gitattributes": ""})
    repo.tag("v1")
    assert "user/repo is there and public" in refuse("user/repo", "--private")
    assert "has no branch 'v1' to push to" in refuse("user/repo", "--revision", "v1")
    assert len(repo.commits) == 1


def test_a_file_that_the_system_refuses_is_named():
    error = PermissionError(errno.EACCES, os.strerror(errno.EACCES), "photos/cat.jpg")
    assert str(explain_refusal(error, Reference("user/zoo", kind="dataset"), 1)) == (
        "photos/cat.jpg cannot be used (Permission denied); mend that, then run the same again: what has "
        "been sent is not sent twice."
    )
