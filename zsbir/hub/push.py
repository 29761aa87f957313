"""Uploading to a repository of the Hub."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from dataclasses import dataclass

from zsbir.hub.parcel import CARD, Item, Parcel, check_limits
from zsbir.hub.reference import Reference
from zsbir.hub.sender import Before, Sender
from zsbir.progress import Progress

# The Hub advises small commits, and lets a repository have 128 an hour.
FILES_A_COMMIT, COMMITS_A_PUSH = 250, 100
BARS = 20  # files; of more than that the client would draw too many bars


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
    sender = Sender(parcel.to)
    sender.require_right_to_write()
    before = sender.open(private, parcel.hardware)
    sender.set_variables(parcel.variables)
    *earlier, last = _commits(parcel)
    removed, head = _outdated(parcel, sender, before), before.commit
    with _one_bar(parcel) as progress:
        for number, items in enumerate(earlier, start=1):
            head = sender.commit(items, (), head, f"Upload part {number} of {len(earlier) + 1}")
            progress.update(len(items))
        commit = sender.commit(last, removed, head, f"Upload {parcel.to.name}")
        progress.update(len(last))
    reference = parcel.to.at(commit)
    return Receipt(reference, f"{parcel.to.page}/tree/{commit}", removed, commit != before.commit)


def _outdated(parcel: Parcel, sender: Sender, before: Before) -> tuple[str, ...]:
    """Paths of what earlier pushes brought and this one does not."""
    brought: set[str] = set()
    if parcel.inventory in before.paths:
        brought = parcel.read_inventory(sender.read(parcel.inventory, before.commit))
    others = before.paths - {item.path for item in parcel.files}
    return tuple(sorted(path for path in others if path in brought or parcel.is_ours(path)))


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


def _commits(parcel: Parcel) -> list[list[Item]]:
    """Share the files among commits; those that name others, and the card, are all in the last."""
    last = {*parcel.leaders, CARD}
    followers = [item for item in parcel.files if item.path not in last]
    final = [item for item in parcel.files if item.path in last]
    size = max(FILES_A_COMMIT, math.ceil(len(followers) / COMMITS_A_PUSH))
    full = len(followers) // size * size
    earlier = [followers[start : start + size] for start in range(0, full, size)]
    return [*earlier, followers[full:] + final]
