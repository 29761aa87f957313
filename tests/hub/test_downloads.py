"""The loopback Hub serves the real client: files, revisions, redirects, listings, and who may have what."""

import hashlib

from tests.hub.downloads import download


def test_revisions_are_told_apart(hub, machine):
    repo = hub.model("user/repo")
    first = repo.commit({"config.json": "1"})
    repo.tag("v1")
    second = repo.commit({"config.json": "2"})
    third = repo.commit({"config.json": "3"}, branch="wild")
    wanted = {"v1": ("1", first), "main": ("2", second), "wild": ("3", third), first: ("1", first)}
    found = download(machine, *(("user/repo", "config.json", revision) for revision in wanted))
    assert [(each["content"], each["commit"]) for each in found] == [*wanted.values()]


def test_large_files_come_from_another_host_which_sees_no_token(hub, machine):
    commit = hub.model("user/repo", private=True).commit({"model.safetensors": "weights"})
    (found,) = download(machine, ("user/repo", "model.safetensors", commit, "hf_user"))
    assert found == {"content": "weights", "commit": commit}
    (stored,) = hub.asked("GET /storage/")
    assert stored.path.endswith(hashlib.sha256(b"weights").hexdigest())
    assert stored.token is None and hub.asked("HEAD /user/repo/resolve")[0].token == "hf_user"


SNAPSHOT = """
import json, sys
from pathlib import Path
from huggingface_hub import snapshot_download
folder = Path(snapshot_download(sys.argv[1], repo_type="dataset"))
files = [path for path in folder.rglob("*") if path.is_file()]
print(json.dumps({path.relative_to(folder).as_posix(): path.read_text() for path in files}))
"""


def test_a_dataset_of_several_pages_comes_whole(hub, machine):
    files = {f"data/{number:02}.txt": str(number) for number in range(60)} | {"README.md": "card"}
    hub.dataset("user/photos").commit(files)
    assert machine.python(SNAPSHOT, "user/photos").json == files
    assert len(hub.asked("GET /api/datasets/user/photos/tree/")) == 2


REFUSED = {
    ("user/missing", "config.json", "main", False): "RepositoryNotFoundError",
    ("user/missing", "config.json", "main", "hf_user"): "RepositoryNotFoundError",
    ("user/private", "config.json", "main", "hf_other"): "RepositoryNotFoundError",
    ("user/gated", "config.json", "main", False): "GatedRepoError",
    ("user/gated", "config.json", "main", "hf_other"): "GatedRepoError",
    ("user/open", "config.json", "wrong", False): "RevisionNotFoundError",
    ("user/open", "other.json", "main", False): "RemoteEntryNotFoundError",
    ("user/open", "config.json", "main", "hf_invented"): "HfHubHTTPError",
}


def test_what_is_refused_gets_the_clients_own_error(hub, machine):
    hub.model("user/private", private=True).commit({"config.json": "1"})
    hub.model("user/gated", gated=True).commit({"config.json": "1"})
    hub.model("user/open").commit({"config.json": "1"})
    assert [each["error"] for each in download(machine, *REFUSED)] == [*REFUSED.values()]


def test_those_who_may_are_let_in(hub, machine):
    hub.model("user/gated", gated=True, readers={"other"}).commit({"config.json": "in"})
    hub.model("user/old").moved_to = "user/gated"
    (found,) = download(machine, ("user/old", "config.json", "main", "hf_other"))
    assert found["content"] == "in"


def test_a_revision_that_vanished_is_missing_but_stays_in_the_cache(hub, machine, new_machine):
    repo = hub.model("user/repo")
    case = ("user/repo", "config.json", repo.commit({"config.json": "1"}))
    (first,) = download(machine, case)
    repo.forget(repo.head)
    assert download(machine, case) == [first] and first["content"] == "1"
    (elsewhere,) = download(new_machine("elsewhere"), case)
    assert elsewhere["error"] == "RevisionNotFoundError"
