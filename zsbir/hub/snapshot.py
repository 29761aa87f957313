"""A repository of the Hub as a folder: the local cache first, then the network, once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from zsbir.errors import HubError
from zsbir.hub.cache import find, snapshot_folder
from zsbir.hub.checksums import is_intact
from zsbir.hub.download import Listing, download, list_files
from zsbir.hub.reference import Reference
from zsbir.hub.troubles import called


@dataclass(frozen=True)
class Layout:
    """What one kind of repository holds.

    Attributes:
        what: Its kind in words, such as "a backbone".
        needed: The file that makes it one; it is downloaded last, so that one that is here is whole.
        files: Patterns of the other files that are wanted, where they are there.
    """

    what: str
    needed: str
    files: tuple[str, ...]

    def choose(self, listing: Listing) -> list[str]:
        """Return the wanted files of a listing, the needed one last."""
        chosen = [name for name in listing.files if any(fnmatchcase(name, one) for one in self.files)]
        return [*(name for name in chosen if name != self.needed), self.needed]


@dataclass(frozen=True)
class Snapshot:
    """A repository at one commit, in the cache.

    Attributes:
        reference: Its revision is the commit.
        folder: Where its files lie, under their names in the repository.
        layout: Which kind of repository it is.
    """

    reference: Reference
    folder: Path
    layout: Layout

    def has(self, file: str) -> bool:
        """Whether a file is here; the Hub is not asked."""
        return (self.folder / file).is_file()

    def file(self, name: str) -> Path:
        """Return a file whose checksum is right; one that is missing here or damaged is downloaded.

        Raises:
            HubError: It is not here and cannot be had.
        """
        path = self.folder / name
        damaged = path.is_file() and not is_intact(path)
        if path.is_file() and not damaged:
            return path
        try:
            _take_one(self.reference, name, again=damaged)
        except HubError as error:
            state = "is damaged" if damaged else "is missing"
            raise HubError(f"{name} of {called(self.reference)} {state} in the cache. {error}") from error
        return path

    def bring(self, names: Iterable[str]) -> None:
        """Download those of some files that are not here; names that the Hub does not know are left out.

        Raises:
            HubError: They cannot be had.
        """
        missing = [name for name in names if not self.has(name)]
        if not missing:
            return
        try:
            listing = list_files(self.reference)
            if known := [name for name in missing if name in listing.files]:
                download(self.reference, listing, known)
        except HubError as error:
            what = f"{len(missing)} files of {called(self.reference)}, such as {missing[0]},"
            raise HubError(f"{what} are missing in the cache. {error}") from error


def fetch(wanted: Reference, *layouts: Layout, refresh: bool = False) -> Snapshot:
    """Return a repository out of the cache, or else out of the network.

    Args:
        wanted: Which; a branch is the commit that it was when it was last downloaded.
        layouts: The kinds it may be of; the first that fits is taken.
        refresh: Ask the Hub even where the cache has it: branches move on, missing files come.

    Raises:
        HubError: It is in neither; one sentence for each reason.
    """
    if not refresh:
        for layout in layouts:
            if path := find(wanted, layout.needed):
                return _snapshot(wanted, layout, path)
    listing = list_files(wanted)
    for layout in layouts:
        if layout.needed in listing.files:
            download(wanted, listing, layout.choose(listing))
            return _snapshot(wanted, layout, find(wanted.at(listing.commit), layout.needed))
    kinds = " or ".join(f"{layout.what}, with {layout.needed}" for layout in layouts)
    raise HubError(f"{called(wanted)} is no repository of {kinds}; check its name.")


def _snapshot(wanted: Reference, layout: Layout, path: Path) -> Snapshot:
    folder = snapshot_folder(path, layout.needed)
    return Snapshot(wanted.at(folder.name), folder, layout)


def _take_one(pinned: Reference, name: str, *, again: bool) -> None:
    listing = list_files(pinned)
    if name not in listing.files:
        raise HubError(f"{called(pinned)} has no such file on the Hub; tell its owner.")
    download(pinned, listing, [name], again=again)
