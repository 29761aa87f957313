"""The loopback Hub takes what the real client sends, and gives the same bytes back."""

import json

from tests.hub.downloads import download

UPLOAD = """
import json, sys
from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
for case in json.loads(sys.argv[1]):
    api, revision = HfApi(token=case["token"]), case["revision"]
    try:
        api.create_repo("user/repo", exist_ok=True, private=case["private"])
        if revision:
            api.create_branch("user/repo", branch=revision, exist_ok=True)
        operations = [
            CommitOperationDelete(path) if content is None else CommitOperationAdd(path, content.encode())
            for path, content in case["files"].items()
        ]
        made = api.create_commit("user/repo", operations, commit_message="sent", revision=revision)
        print(json.dumps(made.oid))
    except Exception as error:
        status = getattr(getattr(error, "response", None), "status_code", None)
        print(json.dumps({"error": type(error).__name__, "status": status}))
"""


def case(files, revision=None, private=False, token="hf_user"):
    return {"files": files, "revision": revision, "private": private, "token": token}


def upload(machine, *cases):
    """Send commits one after the other; return their hashes, or the client's errors."""
    return [json.loads(line) for line in machine.python(UPLOAD, json.dumps(cases)).out.splitlines()]


def test_what_was_sent_can_be_downloaded_again(hub, machine, new_machine):
    files = {"config.json": "{}", "model.safetensors": "weights", "empty.safetensors": ""}
    (commit,) = upload(machine, case(files))
    repo = hub.model("user/repo")
    assert repo.head == commit and repo.commits[commit].message == "sent"
    found = download(new_machine("other"), *(("user/repo", name, commit) for name in files))
    assert [each["content"] for each in found] == [*files.values()]


def test_each_push_is_a_revision_that_stays(hub, machine):
    first, second = upload(
        machine,
        case({"config.json": "1", "old.json": "", "model.safetensors": "weights"}),
        case({"config.json": "2", "old.json": None, "model.safetensors": "weights"}),
    )
    repo = hub.model("user/repo")
    assert repo.files(first)["config.json"] == b"1" and "old.json" in repo.files(first)
    assert repo.files(second)["config.json"] == b"2" and "old.json" not in repo.files(second)
    assert len(hub.asked("PUT /storage/")) == 1  # what is there is not sent twice


def test_branches_and_private_repositories(hub, machine):
    upload(
        machine,
        case({"config.json": "main"}, private=True),
        case({"config.json": "wild"}, revision="wild"),
    )
    repo = hub.model("user/repo")
    assert repo.private
    assert {name: repo.files(name)["config.json"] for name in repo.branches} == {
        "main": b"main",
        "wild": b"wild",
    }


def test_who_may_not_write_is_told(hub, machine):
    tokens = {False: 401, "hf_invented": 401, "hf_reader": 403, "hf_other": 403}
    told = upload(machine, *(case({"config.json": "1"}, token=token) for token in tokens))
    assert [each["status"] for each in told] == [*tokens.values()]
    assert not hub.repos


def test_a_card_with_a_licence_that_there_is_not_is_refused(hub, machine):
    card = "---\nlicense: CC-BY-3.0\n---\n"
    refused, commit = upload(machine, case({"README.md": card}), case({"README.md": card.lower()}))
    assert refused["error"] == "ValueError"
    assert hub.model("user/repo").files(commit)["README.md"] == card.lower().encode()
    assert len(hub.asked("POST .*/commit/")) == 1
