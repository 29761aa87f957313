"""Repositories of the loopback Hub: their commits, branches and tags, held in memory."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

# What the Hub's own .gitattributes sends to the large file storage, of the kinds that occur here.
LARGE = {".safetensors", ".faiss", ".bin", ".jpg", ".jpeg", ".png", ".webp", ".parquet", ".npz"}
LARGE_BYTES = 10_000_000
# Of the licences that the Hub knows by name, those that occur here.
LICENCES = {
    *("mit", "apache-2.0", "gpl-2.0", "gpl-3.0", "cc0-1.0", "cc-by-3.0", "cc-by-4.0", "cc-by-sa-4.0"),
    *("unknown", "other"),
}
PLURAL = {"model": "models", "dataset": "datasets", "space": "spaces"}


@dataclass(frozen=True)
class Commit:
    """One revision: all of its files, and where it came from."""

    hash: str
    files: Mapping[str, bytes]
    message: str
    parent: str | None


@dataclass
class Repo:
    """A model, dataset or Space repository.

    Attributes:
        id: "user/name".
        kind: "model", "dataset" or "space".
        private: Only its owner sees it; to everybody else it is missing, as on the Hub.
        gated: Everybody sees it, but only its owner and `readers` get its files.
        readers: Names of users who have been let in.
        moved_to: Another repository's id, to which requests are redirected.
        hardware: Of a Space.
        variables: Of a Space's environment.
    """

    id: str
    kind: str = "model"
    private: bool = False
    gated: bool = False
    readers: set[str] = field(default_factory=set)
    moved_to: str | None = None
    commits: dict[str, Commit] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    hardware: str | None = None
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def owner(self) -> str:
        return self.id.partition("/")[0]

    @property
    def head(self) -> str:
        """Hash of the newest commit of main."""
        return self.branches["main"]

    def commit(self, files: Mapping[str, bytes | str], *, branch: str = "main", message: str = "more") -> str:
        """Add or replace files on a branch, and return the new commit's hash."""
        return self.store({**self.files(branch), **encoded(files)}, branch=branch, message=message)

    def store(self, files: Mapping[str, bytes], *, branch: str = "main", message: str = "more") -> str:
        """Make a commit that holds these files and no other, and return its hash."""
        parent = self.branches.get(branch)
        blobs = [(path, blob_id(content)) for path, content in sorted(files.items())]
        facts = json.dumps([self.id, self.kind, blobs, message, parent, len(self.commits)])
        name = hashlib.sha1(facts.encode()).hexdigest()
        self.commits[name] = Commit(name, dict(files), message, parent)
        self.branches[branch] = name
        return name

    def files(self, revision: str = "main") -> dict[str, bytes]:
        """All files of a revision; none of one that does not exist."""
        commit = self.find(revision)
        return dict(commit.files) if commit else {}

    def tag(self, name: str, revision: str = "main") -> None:
        self.tags[name] = self.branches.get(revision, revision)

    def forget(self, revision: str) -> None:
        """Let a branch, a tag or a commit vanish, as after a force push."""
        self.branches.pop(revision, None)
        self.tags.pop(revision, None)
        self.commits.pop(revision, None)

    def find(self, revision: str) -> Commit | None:
        """The commit that a branch, a tag or a whole hash names."""
        name = self.branches.get(revision) or self.tags.get(revision) or revision
        return self.commits.get(name)


def is_large(path: str, size: int) -> bool:
    """Whether the Hub keeps a file in the large file storage."""
    return PurePosixPath(path).suffix.lower() in LARGE or size > LARGE_BYTES


def blob_id(content: bytes) -> str:
    """The name git gives to a file's content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def encoded(files: Mapping[str, bytes | str]) -> dict[str, bytes]:
    """The same with text as UTF-8."""
    return {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
