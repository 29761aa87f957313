"""What pushing asks of the Hub, one thing after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from zsbir.errors import HubError
from zsbir.hub.parcel import Item
from zsbir.hub.reference import Reference
from zsbir.hub.refusals import explain_refusal
from zsbir.hub.waiting import wait_for

if TYPE_CHECKING:
    from huggingface_hub import HfApi

T = TypeVar("T")

MAIN = "main"
# How long an answer to an upload is waited for, and how many bytes a second must come through on top of that.
PATIENCE_SECONDS, SLOWEST = 120, 50_000


@dataclass(frozen=True)
class Before:
    """A branch as it was: the commit, and the paths of its files."""

    commit: str
    paths: frozenset[str]


class Sender:
    """Writes to one branch of a repository; every question to the Hub has an end to the waiting for it.

    Args:
        to: The repository; its revision is the branch, None means main.

    Raises:
        HubError: By each method: the Hub does not do it; one sentence for each reason.
    """

    def __init__(self, to: Reference):
        from huggingface_hub import HfApi, constants

        self.to, self.branch = to, to.revision or MAIN
        self.api: HfApi = HfApi(endpoint=constants.ENDPOINT, library_name="zsbir")
        self.reach = constants.HF_HUB_ETAG_TIMEOUT

    def require_right_to_write(self) -> None:
        """Refuse before anything is sent: offline, without a token, or with one that may not write there."""
        from huggingface_hub import constants, get_token

        if constants.HF_HUB_OFFLINE:
            raise HubError(f"HF_HUB_OFFLINE forbids to ask the Hub; unset it to push to {self.to.repo}.")
        if not get_token():
            raise HubError(
                f"There is no token to push to {self.to.repo} with; log in with `hf auth login`, or set "
                "HF_TOKEN to a token that may write."
            )
        user = self._ask(lambda: self.api.whoami())
        owner, names = (
            self.to.repo.partition("/")[0],
            [user["name"], *(org["name"] for org in user.get("orgs", []))],
        )
        if owner not in names:
            raise HubError(
                f"Your token is that of {user['name']}, who cannot write to {self.to.repo}; push to "
                f"{names[0]}/{self.to.name}, or log in as {owner} with `hf auth login`."
            )
        if user.get("auth", {}).get("accessToken", {}).get("role") == "read":
            raise HubError(
                f"Your token may only read; make one that may write to {self.to.repo} at "
                f"{self.api.endpoint}/settings/tokens, and log in with `hf auth login`."
            )

    def open(self, private: bool, hardware: str | None) -> Before:
        """Make the repository and the branch where there are none; return what the branch holds."""
        to, kind = self.to.repo, self.to.kind
        if not self._ask(lambda: self.api.repo_exists(to, repo_type=kind)):
            space = {"space_sdk": "gradio", "space_hardware": hardware} if kind == "space" else {}
            self._ask(
                lambda: self.api.create_repo(to, repo_type=kind, private=private, exist_ok=True, **space)
            )
        elif private and not self._ask(lambda: self.api.repo_info(to, repo_type=kind)).private:
            raise HubError(
                f"{to} is there and public; make it private at {self.to.page}/settings, or leave out "
                "--private."
            )
        if self.branch != MAIN:
            self._ask(lambda: self.api.create_branch(to, branch=self.branch, repo_type=kind, exist_ok=True))
        commit = str(self._ask(lambda: self.api.repo_info(to, repo_type=kind, revision=self.branch)).sha)
        paths = self._ask(
            lambda: self.api.list_repo_files(to, repo_type=kind, revision=commit), PATIENCE_SECONDS
        )
        return Before(commit, frozenset(paths))

    def set_variables(self, wanted: Mapping[str, str]) -> None:
        """Set a Space's variables, those alone that differ: each one restarts it."""
        if not wanted:
            return
        there = self._ask(lambda: self.api.get_space_variables(self.to.repo))
        for name, value in wanted.items():
            if name not in there or there[name].value != value:
                self._ask(
                    lambda name=name, value=value: self.api.add_space_variable(self.to.repo, name, value)
                )

    def read(self, path: str, commit: str) -> bytes:
        """Return a file of the repository at a commit."""
        file = self._ask(
            lambda: self.api.hf_hub_download(self.to.repo, path, repo_type=self.to.kind, revision=commit),
            PATIENCE_SECONDS,
        )
        return Path(file).read_bytes()

    def commit(self, items: Sequence[Item], removed: Sequence[str], parent: str, message: str) -> str:
        """Send files as one commit on top of another, and return the new commit's hash."""
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete

        operations: list[Any] = [CommitOperationDelete(path) for path in removed]
        operations += [CommitOperationAdd(item.path, item.content) for item in items]
        size = sum(item.size for item in items)
        made = self._ask(
            lambda: self.api.create_commit(
                self.to.repo,
                operations,
                commit_message=message,
                repo_type=self.to.kind,
                revision=self.branch,
                parent_commit=parent,
            ),
            PATIENCE_SECONDS + size / SLOWEST,
        )
        return str(made.oid)

    def _ask(self, question: Callable[[], T], seconds: float = 0) -> T:
        seconds = seconds or self.reach
        try:
            return wait_for(lambda _: question(), seconds)
        except Exception as error:  # the client raises a dozen kinds, and the network under it as many
            raise explain_refusal(error, self.to, seconds) from error
