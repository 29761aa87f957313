"""Uploading to a repository of the Hub."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from zsbir.errors import HubError
from zsbir.hub.parcel import CARD, Item, Parcel, check_limits
from zsbir.hub.reference import Reference
from zsbir.hub.refusals import explain_refusal
from zsbir.hub.waiting import wait_for
from zsbir.progress import Progress

if TYPE_CHECKING:
    from huggingface_hub import HfApi

T = TypeVar("T")

MAIN = "main"
# The Hub advises small commits, and lets a repository have 128 an hour.
FILES_A_COMMIT, COMMITS_A_PUSH = 250, 100
BARS = 20  # files; of more than that the client would draw too many bars
# How long an answer to an upload is waited for, and how many bytes a second must come through on top of that.
PATIENCE_SECONDS, SLOWEST = 120, 50_000


@dataclass(frozen=True)
class Receipt:
    """What a push has done.

    Attributes:
        reference: The repository at the commit that now holds everything.
        url: The page of that commit's files.
        removed: Paths of files that were there before and are not part of what was pushed.
        changed: Whether anything was different from what was there.
    """

    reference: Reference
    url: str
    removed: tuple[str, ...]
    changed: bool


def push(parcel: Parcel, *, private: bool = False) -> Receipt:
    """Send a parcel, and make the repository and its branch if there is none.

    Files that are there already are not sent again. Whoever downloads meanwhile finds what was there before:
    large parcels take several commits, and files that name others come with the last.

    Args:
        parcel: What to send.
        private: Make a new repository visible to its owner alone.

    Raises:
        HubError: The Hub would not or does not take it, or cannot be reached; one sentence for each reason.
    """
    check_limits(parcel)
    sender = _Sender(parcel.to)
    sender.require_right_to_write()
    before = sender.open(private, parcel.hardware)
    sender.set_variables(parcel.variables)
    *earlier, last = _commits(parcel)
    removed = tuple(
        path for path in before.paths - {item.path for item in parcel.files} if parcel.is_ours(path)
    )
    head = before.commit
    with _one_bar(parcel) as progress:
        for number, items in enumerate(earlier, start=1):
            head = sender.commit(items, (), head, f"Upload part {number} of {len(earlier) + 1}")
            progress.update(len(items))
        commit = sender.commit(last, removed, head, f"Upload {parcel.to.name}")
        progress.update(len(last))
    reference = parcel.to.at(commit)
    return Receipt(
        reference, f"{page(parcel.to)}/tree/{commit}", tuple(sorted(removed)), commit != before.commit
    )


@contextlib.contextmanager
def _one_bar(parcel: Parcel) -> Iterator[Progress]:
    """Count files on one bar where there are many, instead of the client's one bar a file."""
    from huggingface_hub.utils import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    shown = len(parcel.files) > BARS and not are_progress_bars_disabled()
    if shown:
        disable_progress_bars()
    try:
        with Progress(f"Pushing {parcel.to.repo}", len(parcel.files), "file", shown=shown) as progress:
            yield progress
    finally:
        if shown:
            enable_progress_bars()


def page(wanted: Reference) -> str:
    """The address of a repository's page."""
    from huggingface_hub import constants

    folder = {"model": "", "dataset": "datasets/", "space": "spaces/"}[wanted.kind]
    return f"{constants.ENDPOINT}/{folder}{wanted.repo}"


@dataclass(frozen=True)
class _Before:
    """A branch as it was: the commit, and the paths of its files."""

    commit: str
    paths: frozenset[str]


class _Sender:
    """Asks the Hub for one thing after the other, each with an end to the waiting."""

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

    def open(self, private: bool, hardware: str | None) -> _Before:
        """Make the repository and the branch where there are none; return what the branch holds."""
        to, kind = self.to.repo, self.to.kind
        if not self._ask(lambda: self.api.repo_exists(to, repo_type=kind)):
            space = {"space_sdk": "gradio", "space_hardware": hardware} if kind == "space" else {}
            self._ask(
                lambda: self.api.create_repo(to, repo_type=kind, private=private, exist_ok=True, **space)
            )
        elif private and not self._ask(lambda: self.api.repo_info(to, repo_type=kind)).private:
            raise HubError(
                f"{to} is there and public; make it private at {page(self.to)}/settings, or leave out "
                "--private."
            )
        if self.branch != MAIN:
            self._ask(lambda: self.api.create_branch(to, branch=self.branch, repo_type=kind, exist_ok=True))
        commit = str(self._ask(lambda: self.api.repo_info(to, repo_type=kind, revision=self.branch)).sha)
        paths = self._ask(lambda: self.api.list_repo_files(to, repo_type=kind, revision=commit))
        return _Before(commit, frozenset(paths))

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


def _commits(parcel: Parcel) -> list[list[Item]]:
    """Share the files among commits; those that name others, and the card, are all in the last."""
    last = {*parcel.leaders, CARD}
    followers = [item for item in parcel.files if item.path not in last]
    final = [item for item in parcel.files if item.path in last]
    size = max(FILES_A_COMMIT, math.ceil(len(followers) / COMMITS_A_PUSH))
    full = len(followers) // size * size
    earlier = [followers[start : start + size] for start in range(0, full, size)]
    return [*earlier, followers[full:] + final]
