"""What the loopback Hub takes: new repositories and branches, large files, commits."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING

from tests.hub.repos import LICENCES, PLURAL, Commit, Repo, blob_id, is_large, sha256
from tests.hub.server_messages import Answer, Request, User
from tests.hub.server_reads import API, REPO, RefusedError, find_commit, find_repo, refusing

if TYPE_CHECKING:
    from tests.hub.server import Hub

FIRST = {".gitattributes": b"*.safetensors filter=lfs diff=lfs merge=lfs -text\n"}


def _writer(hub: Hub, request: Request, owner: str) -> User:
    """Whoever asks, if the token may write below a user's name."""
    user = hub.users.get(request.token or "")
    if user is None:
        raise RefusedError(401, "", "Invalid username or password.")
    if not user.writes or user.name != owner:
        raise RefusedError(403, "", f"You don't have the rights to write under the namespace {owner!r}")
    return user


def _head(repo: Repo, branch: str) -> Commit:
    """The newest commit of a branch; tags and commits cannot be written to."""
    if branch not in repo.branches:
        raise RefusedError(404, "RevisionNotFound", f"Invalid rev id: {branch}")
    return repo.commits[repo.branches[branch]]


def _own_repo(hub: Hub, request: Request, kind: str | None, id: str) -> Repo:
    repo = find_repo(hub, request, kind, id)
    _writer(hub, request, repo.owner)
    return repo


@refusing
def _create(hub: Hub, request: Request) -> Answer:
    asked = request.json()
    id, kind = f"{asked['organization']}/{asked['name']}", asked.get("type", "model")
    _writer(hub, request, asked["organization"])
    url = f"{hub.url}/{'' if kind == 'model' else PLURAL[kind] + '/'}{id}"
    if (kind, id) in hub.repos:
        return Answer.of({"error": f"You already created this {kind} repo", "url": url}, 409)
    if kind == "space" and asked.get("sdk") not in ("gradio", "docker", "static"):
        raise RefusedError(400, "", "A Space needs an sdk")
    repo = Repo(id, kind, private=asked.get("visibility") == "private", hardware=asked.get("hardware"))
    repo.store(FIRST, message="initial commit")
    hub.repos[kind, id] = repo
    return Answer.of({"url": url})


def _validate(hub: Hub, request: Request) -> Answer:
    """Whether the head of a card is YAML, with a licence that the Hub knows."""
    import yaml

    head = re.match(r"---\n(.*?)\n---", request.json()["content"], re.DOTALL)
    try:
        facts = (yaml.safe_load(head[1]) if head else None) or {}
    except yaml.YAMLError as error:
        return Answer.of({"errors": [{"message": str(error)}], "warnings": []}, 400)
    given = facts.get("license", [])
    unknown = [name for name in (given if isinstance(given, list) else [given]) if name not in LICENCES]
    if unknown:
        return Answer.of({"errors": [{"message": f"'license' has {unknown}"}], "warnings": []}, 400)
    return Answer.of({"errors": [], "warnings": []})


@refusing
def _preupload(hub: Hub, request: Request, kind: str, id: str, revision: str) -> Answer:
    """How each file has to be sent, and what is there of that name."""
    there = _head(_own_repo(hub, request, kind, id), revision).files
    files = []
    for file in request.json()["files"]:
        path, large = file["path"], is_large(file["path"], file["size"])
        name = sha256 if large else blob_id
        files.append(
            {
                "path": path,
                "uploadMode": "lfs" if large else "regular",
                "shouldIgnore": False,
                "oid": name(there[path]) if path in there else None,
            }
        )
    return Answer.of({"files": files})


@refusing
def _batch(hub: Hub, request: Request, kind: str | None, id: str) -> Answer:
    """Where large files are to be put; nowhere those that are in the storage already."""
    _own_repo(hub, request, kind, id)
    objects = request.json()["objects"]
    for each in objects:
        if each["oid"] not in hub.objects:
            each["actions"] = {"upload": {"href": f"{hub.storage}/storage/{each['oid']}"}}
    return Answer.of({"transfer": "basic", "objects": objects})


def _put(hub: Hub, request: Request, name: str) -> Answer:
    if sha256(request.body) != name:
        return Answer(400, b"the content is not of that name")
    hub.objects[name] = request.body
    return Answer()


@refusing
def _commit(hub: Hub, request: Request, kind: str, id: str, revision: str) -> Answer:
    """One commit of all lines, or none of them."""
    repo = _own_repo(hub, request, kind, id)
    parent = _head(repo, revision)
    lines = [json.loads(line) for line in request.body.splitlines()]
    files, message = dict(parent.files), ""
    for line in lines:
        value = line["value"]
        if line["key"] == "header":
            message = value["summary"]
            if value.get("parentCommit", parent.hash) != parent.hash:
                raise RefusedError(412, "", "A commit has happened since. Please refresh and try again.")
        elif line["key"] == "file":
            files[value["path"]] = base64.b64decode(value["content"])
        elif line["key"] == "lfsFile":
            if value["oid"] not in hub.objects:
                raise RefusedError(400, "", f"{value['path']} has not been uploaded")
            files[value["path"]] = hub.objects[value["oid"]]
        elif files.pop(value["path"], None) is None:
            raise RefusedError(404, "EntryNotFound", "A file with this name doesn't exist")
    made = repo.store(files, branch=revision, message=message)
    return Answer.of(
        {"commitUrl": f"{hub.url}/{id}/commit/{made}", "commitOid": made, "pullRequestUrl": None}
    )


@refusing
def _branch(hub: Hub, request: Request, kind: str, id: str, branch: str) -> Answer:
    repo = _own_repo(hub, request, kind, id)
    if branch in {*repo.branches, *repo.tags}:
        raise RefusedError(409, "", f"Reference already exists: {branch}")
    repo.branches[branch] = find_commit(repo, request.json().get("startingPoint", "main")).hash
    return Answer.of({})


@refusing
def _variables(hub: Hub, request: Request, kind: str, id: str) -> Answer:
    """A Space's variables, after the one that was sent is set."""
    repo = _own_repo(hub, request, kind, id)
    if request.method == "POST":
        sent = request.json()
        repo.variables[sent["key"]] = sent["value"]
    return Answer.of({key: {"key": key, "value": value} for key, value in repo.variables.items()})


ROUTES = [
    ("GET", re.compile(rf"/api/(?P<kind>spaces)/{REPO}/variables"), _variables),
    ("POST", re.compile(rf"/api/(?P<kind>spaces)/{REPO}/variables"), _variables),
    ("POST", re.compile(r"/api/repos/create"), _create),
    ("POST", re.compile(r"/api/validate-yaml"), _validate),
    ("POST", re.compile(rf"{API}/preupload/(?P<revision>.+)"), _preupload),
    ("POST", re.compile(rf"/(?:(?P<kind>datasets|spaces)/)?{REPO}\.git/info/lfs/objects/batch"), _batch),
    ("PUT", re.compile(r"/storage/(?P<name>\w+)"), _put),
    ("POST", re.compile(rf"{API}/commit/(?P<revision>.+)"), _commit),
    ("POST", re.compile(rf"{API}/branch/(?P<branch>.+)"), _branch),
]
