"""What is to be uploaded to a repository of the Hub, and whether the Hub would take it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from zsbir.errors import HubError
from zsbir.hub.reference import Reference

CARD = "README.md"
# https://huggingface.co/docs/hub/storage-limits; a larger file needs more than plain HTTP to be downloaded.
FILES_A_REPOSITORY = 100_000
ENTRIES_A_FOLDER = 10_000
BYTES_A_FILE = 50_000_000_000
BYTES_IN_GIT = 10_000_000  # a larger file is kept beside git, by git-xet or LFS


@dataclass(frozen=True)
class Item:
    """One file of a repository.

    Attributes:
        path: In the repository, with forward slashes.
        content: A file of this machine, or the bytes themselves.
    """

    path: str
    content: Path | bytes

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.content) if isinstance(self.content, bytes) else self.content.stat().st_size


@dataclass(frozen=True)
class Parcel:
    """Everything that one push sends.

    Attributes:
        to: The repository; its revision is the branch, None means main.
        items: The files. `leaders` among them are sent last, after all that they name.
        card: `README.md`.
        left_out: Path of what stays here, as it is on this machine -> why.
        notes: Sentences for whoever pushes.
        leaders: Paths of the files that name others, such as a table of photos.
        is_ours: Whether a file of the repository, by its path, is of a kind that pushes bring; such a file
            that is in the repository and not in the parcel is removed there.
        inventory: Path of a file that names others which a push has brought; "" if there is none.
        read_inventory: Returns their paths, out of what the repository's inventory holds; they are ours too.
        hardware: Of a new Space, such as "zero-a10g"; None leaves it to the Hub.
        variables: Of a Space's environment, which everybody can read; others that it has stay.
    """

    to: Reference
    items: tuple[Item, ...]
    card: str
    left_out: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    leaders: frozenset[str] = frozenset()
    is_ours: Callable[[str], bool] = lambda path: False
    inventory: str = ""
    read_inventory: Callable[[bytes], set[str]] = lambda content: set()
    hardware: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def files(self) -> tuple[Item, ...]:
        """The items and the card: followers first, then leaders, then the card."""
        followers = [item for item in self.items if item.path not in self.leaders]
        leaders = [item for item in self.items if item.path in self.leaders]
        return (*followers, *leaders, Item(CARD, self.card.encode()))

    @property
    def size(self) -> int:
        """In bytes."""
        return sum(item.size for item in self.files)


def check_limits(parcel: Parcel) -> None:
    """Refuse what the Hub would not take, or serve badly.

    Raises:
        HubError: There is nothing in it, or too many files or too large ones.
    """
    paths = [item.path for item in parcel.files]
    if not parcel.items:
        raise HubError(f"There is nothing to push to {parcel.to}.")
    for item in parcel.files:
        if item.size > BYTES_A_FILE:
            raise HubError(
                f"{item.path} has {item.size / 1e9:,.0f} GB, and the Hub serves files of at most "
                f"{BYTES_A_FILE / 1e9:,.0f} GB to everybody; make it smaller."
            )
    if len(paths) > FILES_A_REPOSITORY:
        raise HubError(
            f"That would be {len(paths):,} files, and a repository of the Hub should have at most "
            f"{FILES_A_REPOSITORY:,}; divide it into several."
        )
    fullest, entries = _entries(paths).most_common(1)[0]
    if entries > ENTRIES_A_FOLDER:
        raise HubError(
            f"The folder {fullest or '.'} would have {entries:,} entries, and one of the Hub takes at most "
            f"{ENTRIES_A_FOLDER:,}; sort the files into several folders."
        )


def _entries(paths: Iterable[str]) -> Counter[str]:
    """How many files and folders each folder holds; "" is the top."""
    inside: set[str] = set()
    for path in paths:
        while path and path not in inside:
            inside.add(path)
            path = path.rpartition("/")[0]
    return Counter(path.rpartition("/")[0] for path in inside)
