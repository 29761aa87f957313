"""How a repository of the Hub is named: user/repo@REVISION."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from zsbir.errors import HubError

SCHEME = "hf://"
DATASETS = "datasets/"
PAGES = {"model": "", "dataset": DATASETS, "space": "spaces/"}  # folders of their pages, by kind
COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class Reference:
    """A repository of the Hub at a revision.

    Attributes:
        repo: "user/name".
        revision: Branch, tag or whole commit hash; None is the branch main.
        kind: "model", "dataset" or "space".
        alias: What people call the repository where that is not its name, such as open_clip's MODEL/WEIGHTS.
    """

    repo: str
    revision: str | None = None
    kind: str = "model"
    alias: str = field(default="", compare=False)

    @classmethod
    def parse(cls, text: str) -> Reference:
        """Read "user/repo", "user/repo@REVISION", "hf://user/repo" or "hf://datasets/user/name".

        Raises:
            HubError: It is no such name.
        """
        bare = text.removeprefix(SCHEME)
        kind = "dataset" if text.startswith(SCHEME + DATASETS) else "model"
        repo, at, revision = bare.removeprefix(DATASETS if kind == "dataset" else "").partition("@")
        _check_repo(repo, text)
        if at and (not re.fullmatch(r"\w[\w./-]*", revision) or ".." in revision):
            raise HubError(
                f"{text!r} names no revision behind its '@'; write a branch, a tag or a commit hash, "
                f"as in {repo}@main."
            )
        return cls(repo, revision or None, kind)

    @property
    def name(self) -> str:
        """The last part of the repository's name."""
        return self.repo.partition("/")[2]

    @property
    def is_pinned(self) -> bool:
        """Whether the revision is a commit, whose files never change."""
        return bool(self.revision and COMMIT.fullmatch(self.revision))

    @property
    def page(self) -> str:
        """The address of the repository's page."""
        from huggingface_hub import constants

        return f"{constants.ENDPOINT}/{PAGES[self.kind]}{self.repo}"

    def at(self, revision: str) -> Reference:
        """Return the same repository at another revision."""
        return replace(self, revision=revision)

    def __str__(self) -> str:
        """What people write for it, and `parse` reads where it has no alias."""
        head = SCHEME + DATASETS if self.kind == "dataset" else ""
        return (self.alias or head + self.repo) + (f"@{self.revision}" if self.revision else "")


def means_repository(name: str | Path) -> bool:
    """Whether a name that is no folder is meant for the Hub, where names have one slash."""
    if isinstance(name, Path):
        return False
    return name.startswith(SCHEME) or bool(re.fullmatch(r"[^./~\\@][^/\\@]*/[^/\\@]+(@.*)?", name))


def _check_repo(repo: str, text: str) -> None:
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id

    try:
        validate_repo_id(repo)
        fits = repo.count("/") == 1
    except HFValidationError:
        fits = False
    if not fits:
        raise HubError(
            f"{text!r} cannot be a repository of the Hub; it is named by its user and its own name, as in "
            "user/zsbir-clip-at, of letters, digits, '-', '_' and '.' (no spaces, no '--', no '..')."
        )
