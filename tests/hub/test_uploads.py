"""The loopback Hub takes what the real client sends, and gives the same bytes back."""

import json

import pytest

from tests.hub.downloads import download

UPLOAD = """
import json, sys
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
api, revision = HfApi(), sys.argv[2] or None
try:
    api.create_repo("user/repo", exist_ok=True, private=bool(sys.argv[3]))
    if revision:
        api.create_branch("user/repo", branch=revision, exist_ok=True)
    operations = [
        CommitOperationDelete(path) if content is None else CommitOperationAdd(path, content.encode())
        for path, content in json.loads(sys.argv[1]).items()
    ]
    made = api.create_commit("user/repo", operations, commit_message="sent", revision=revision)
    print(json.dumps(made.oid))
except Exception as error:
    status = getattr(getattr(error, "response", None), "status_code", None)
    print(json.dumps({"error": type(error).__name__, "status": status}))
"""


def upload(machine, files, revision="", private="", token="hf_user"):
    return machine.python(UPLOAD, json.dumps(files), revision, private, HF_TOKEN=token).json


def test_what_was_sent_can_be_downloaded_again(hub, machine, new_machine):
    files = {"config.json": "{}", "model.safetensors": "weights", "empty.safetensors": ""}
    commit = upload(machine, files)
    repo = hub.model("user/repo")
    assert repo.head == commit and repo.commits[commit].message == "sent"
    found = download(new_machine("other"), *(("user/repo", name, commit) for name in files))
    assert [each["content"] for each in found] == [*files.values()]


def test_each_push_is_a_revision_that_stays(hub, machine):
    first = upload(machine, {"config.json": "1", "old.json": "", "model.safetensors": "weights"})
    second = upload(machine, {"config.json": "2", "old.json": None, "model.safetensors": "weights"})
    repo = hub.model("user/repo")
    assert repo.files(first)["config.json"] == b"1" and "old.json" in repo.files(first)
    assert repo.files(second)["config.json"] == b"2" and "old.json" not in repo.files(second)
    assert len(hub.asked("PUT /storage/")) == 1  # what is there is not sent twice


def test_branches_and_private_repositories(hub, machine):
    upload(machine, {"config.json": "main"}, private="yes")
    upload(machine, {"config.json": "wild"}, revision="wild")
    repo = hub.model("user/repo")
    assert (
        repo.private
        and repo.files("wild")["config.json"] == b"wild"
        and repo.files()["config.json"] == b"main"
    )


@pytest.mark.parametrize(
    ("token", "status"), [("", 401), ("hf_reader", 403), ("hf_other", 403), ("hf_invented", 401)]
)
def test_who_may_not_write_is_told(hub, machine, token, status):
    assert upload(machine, {"config.json": "1"}, token=token)["status"] == status
    assert not hub.repos


def test_a_card_with_a_licence_that_there_is_not_is_refused(hub, machine):
    card = "---\nlicense: CC-BY-3.0\n---\n"
    assert upload(machine, {"README.md": card})["error"] == "ValueError"
    assert "README.md" not in hub.model("user/repo").files()
    commit = upload(machine, {"README.md": card.lower()})
    assert hub.model("user/repo").files(commit)["README.md"] == card.lower().encode()
