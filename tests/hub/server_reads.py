"""What the loopback Hub serves: information, listings and files."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from tests.hub.repos import PLURAL, Commit, Repo, blob_id, is_large, sha256
from tests.hub.server_messages import Answer, Request

if TYPE_CHECKING:
    from tests.hub.server import Hub

PAGE = 50  # files in one page of a listing; the Hub has 1,000
KINDS = {plural: kind for kind, plural in PLURAL.items()}
REPO = r"(?P<id>[^/]+/[^/]+)"
REVISION = r"(?P<revision>refs/(?:convert|pr)/[^/]+|[^/]+)"  # the Hub's own branches have slashes
API = rf"/api/(?P<kind>models|datasets|spaces)/{REPO}"
DATE = "2024-01-01T00:00:00.000Z"


class RefusedError(Exception):
    """Carries the answer to a request that is not served."""

    def __init__(self, status: int, code: str, message: str, **headers: str) -> None:
        self.answer = Answer.of(
            {"error": message}, status, X_Error_Code=code, X_Error_Message=message, **headers
        )


def refusing(handle):
    """Answer with what a `RefusedError` carries."""

    def answer(hub: Hub, request: Request, **parts: str) -> Answer:
        try:
            return handle(hub, request, **parts)
        except RefusedError as refused:
            return refused.answer

    return answer


def find_repo(hub: Hub, request: Request, kind: str | None, id: str) -> Repo:
    """The repository, if the asker may know that it exists."""
    repo = hub.repos.get((KINDS[kind or "models"], id))
    user = hub.users.get(request.token or "")
    if request.token and not user:
        raise RefusedError(401, "", "Invalid credentials in Authorization header")
    if repo is None or (repo.private and (user is None or user.name != repo.owner)):
        raise RefusedError(404 if user else 401, "RepoNotFound", "Repository not found")
    if repo.moved_to:
        raise _MovedError(request, repo)
    return repo


class _MovedError(RefusedError):
    """A repository that has been renamed: the same address with the new name."""

    def __init__(self, request: Request, repo: Repo) -> None:
        self.answer = Answer(307, headers={"Location": request.path.replace(repo.id, repo.moved_to or "")})


def find_commit(repo: Repo, revision: str) -> Commit:
    commit = repo.find(revision)
    if commit is None:
        raise RefusedError(404, "RevisionNotFound", f"Invalid rev id: {revision}")
    return commit


def _require_entry(hub: Hub, request: Request, repo: Repo) -> None:
    """Refuse the files of a gated repository."""
    user = hub.users.get(request.token or "")
    if repo.gated and (user is None or user.name not in {repo.owner, *repo.readers}):
        raise RefusedError(
            403 if user else 401, "GatedRepo", f"Access to {repo.kind} {repo.id} is restricted"
        )


@refusing
def _resolve(hub: Hub, request: Request, kind: str | None, id: str, revision: str, file: str) -> Answer:
    """Where a file is: elsewhere on this host, or in the large file storage on another."""
    repo = find_repo(hub, request, kind, id)
    _require_entry(hub, request, repo)
    commit = find_commit(repo, revision)
    content = commit.files.get(file)
    if content is None:
        raise RefusedError(404, "EntryNotFound", "Entry not found", X_Repo_Commit=commit.hash)
    headers = {"X-Repo-Commit": commit.hash, "X-Linked-Size": str(len(content))}
    if is_large(file, len(content)):
        name = sha256(content)
        hub.objects[name] = content
        large = {"ETag": f'"{blob_id(_pointer(content))}"', "X-Linked-Etag": f'"{name}"'}
        return Answer(302, headers={**headers, **large, "Location": f"{hub.storage}/storage/{name}"})
    place = f"/api/resolve-cache/{PLURAL[repo.kind]}/{id}/{commit.hash}/{file}"
    return Answer(307, headers={**headers, "ETag": f'"{blob_id(content)}"', "Location": place})


@refusing
def _file(hub: Hub, request: Request, kind: str, id: str, revision: str, file: str) -> Answer:
    repo = find_repo(hub, request, kind, id)
    _require_entry(hub, request, repo)
    commit = find_commit(repo, revision)
    content = commit.files[file]
    return _ranged(request, content, {"ETag": f'"{blob_id(content)}"', "X-Repo-Commit": commit.hash})


def _stored(hub: Hub, request: Request, name: str) -> Answer:
    content = hub.objects.get(name)
    return _ranged(request, content, {"ETag": f'"{name}"'}) if content is not None else Answer(404)


def _ranged(request: Request, content: bytes, headers: dict[str, str]) -> Answer:
    """The whole content, or the part that a Range header asks for."""
    headers = {**headers, "Accept-Ranges": "bytes", "Content-Type": "application/octet-stream"}
    wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("range", ""))
    if not wanted:
        return Answer(200, content, headers)
    start, end = int(wanted[1]), min(int(wanted[2] or len(content)), len(content) - 1)
    if start > end:
        return Answer(416, headers={"Content-Range": f"bytes */{len(content)}"})
    return Answer(
        206, content[start : end + 1], {**headers, "Content-Range": f"bytes {start}-{end}/{len(content)}"}
    )


@refusing
def _info(hub: Hub, request: Request, kind: str, id: str, revision: str = "main") -> Answer:
    repo = find_repo(hub, request, kind, id)
    commit = find_commit(repo, revision)
    return Answer.of(
        {
            "id": id,
            "author": repo.owner,
            "sha": commit.hash,
            "private": repo.private,
            "gated": "auto" if repo.gated else False,
            "lastModified": DATE,
            "tags": [],
            "downloads": 0,
            "likes": 0,
            "siblings": [{"rfilename": path} for path in sorted(commit.files)],
        }
    )


@refusing
def _tree(hub: Hub, request: Request, kind: str, id: str, revision: str, below: str = "") -> Answer:
    """One page of what is below a folder: right there, or in folders of it too if asked for."""
    files = find_commit(find_repo(hub, request, kind, id), revision).files
    recursive = request.query.get("recursive", ["false"])[0].lower() in ("true", "1")
    folder, entries = PurePosixPath(below or "."), {}
    for path, content in sorted(files.items()):
        steps = [PurePosixPath(path), *PurePosixPath(path).parents]
        for step in steps[: steps.index(folder)] if folder in steps else ():
            if recursive or step.parent == folder:
                entries[str(step)] = entry(path, content) if step == steps[0] else _folder(str(step))
    start = int(request.query.get("cursor", ["0"])[0])
    link = f'<{hub.url}{request.path}?recursive={recursive}&cursor={start + PAGE}>; rel="next"'
    more = {"Link": link} if start + PAGE < len(entries) else {}
    return Answer.of([*entries.values()][start : start + PAGE], **more)


def _folder(path: str) -> dict:
    """A folder in a listing."""
    return {"type": "directory", "path": path, "size": 0, "oid": blob_id(path.encode())}


def entry(path: str, content: bytes) -> dict:
    """A file in a listing."""
    facts: dict = {"type": "file", "path": path, "size": len(content), "oid": blob_id(content)}
    if is_large(path, len(content)):
        facts["oid"] = blob_id(_pointer(content))
        facts["lfs"] = {"oid": sha256(content), "size": len(content), "pointerSize": len(_pointer(content))}
    return facts


def _pointer(content: bytes) -> bytes:
    """What git keeps of a large file."""
    return (
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256(content)}\nsize {len(content)}\n"
    ).encode()


@refusing
def _refs(hub: Hub, request: Request, kind: str, id: str) -> Answer:
    repo = find_repo(hub, request, kind, id)
    return Answer.of(
        {
            "branches": _named("heads", repo.branches),
            "tags": _named("tags", repo.tags),
            "converts": [],
        }
    )


def _named(folder: str, refs: dict[str, str]) -> list[dict[str, str]]:
    return [
        {"name": name, "ref": f"refs/{folder}/{name}", "targetCommit": target}
        for name, target in sorted(refs.items())
    ]


def _whoami(hub: Hub, request: Request) -> Answer:
    user = hub.users.get(request.token or "")
    if user is None:
        return Answer.of({"error": "Invalid user token."}, 401)
    role = "write" if user.writes else "read"
    return Answer.of({"type": "user", "name": user.name, "orgs": [], "auth": {"accessToken": {"role": role}}})


def _harnesses(hub: Hub, request: Request) -> Answer:
    """The client asks for this list once a day."""
    return Answer.of({"standardEnvVars": [], "harnesses": {}})


ROUTES = [
    (
        "GET",
        re.compile(rf"/(?:(?P<kind>datasets|spaces)/)?{REPO}/resolve/{REVISION}/(?P<file>.+)"),
        _resolve,
    ),
    ("GET", re.compile(rf"/api/resolve-cache/(?P<kind>\w+)/{REPO}/{REVISION}/(?P<file>.+)"), _file),
    ("GET", re.compile(r"/storage/(?P<name>\w+)"), _stored),
    ("GET", re.compile(API), _info),
    ("GET", re.compile(rf"{API}/revision/(?P<revision>.+)"), _info),
    ("GET", re.compile(rf"{API}/tree/{REVISION}(?:/(?P<below>.+))?"), _tree),
    ("GET", re.compile(rf"{API}/refs"), _refs),
    ("GET", re.compile(r"/api/whoami-v2"), _whoami),
    ("GET", re.compile(r"/api/agent-harnesses"), _harnesses),
]
