"""The files of a dataset: a folder's are there, the Hub's come when they are asked for."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from zsbir.errors import HubError
from zsbir.gallery.photos import lies_inside
from zsbir.gallery.sources.parts import missing_shards
from zsbir.gallery.sources.walking import walk

if TYPE_CHECKING:
    from zsbir.hub import Reference
    from zsbir.hub.download import Listing

log = logging.getLogger(__name__)


class Files(Protocol):
    """Files of a dataset.

    Attributes:
        names: Their paths with forward slashes, sorted.
        source: What to call all of it, so that `python -m zsbir index` finds it again.
    """

    names: list[str]
    source: str

    def has(self, name: str) -> bool:
        """Whether there is a file of that name."""

    def bring(self, names: Sequence[str]) -> Path:
        """Make files available, and return the folder that their names are relative to.

        Raises:
            HubError: They cannot be had.
        """


class LocalFiles:
    """Files below a folder.

    Args:
        folder: Where they lie.
        source: What to call them; "" is the folder's path.
        names: Those that matter; None takes all but hidden ones, see `zsbir.gallery.sources.walking`.

    Raises:
        GalleryError: A folder cannot be looked into.
    """

    def __init__(self, folder: Path, source: str = "", names: Sequence[str] | None = None):
        self._folder = folder
        self.names = sorted(walk(folder) if names is None else names)
        self.source = source or str(folder)

    def has(self, name: str) -> bool:
        """Whether it lies there, and not somewhere else."""
        return lies_inside(name) and (self._folder / name).is_file()

    def bring(self, names: Sequence[str]) -> Path:
        """Return the folder: they are there."""
        return self._folder


class HubFiles:
    """The files of a dataset on the Hub, at one commit.

    Args:
        wanted: The dataset, at the revision that was listed.
        listing: What the Hub said.
    """

    def __init__(self, wanted: Reference, listing: Listing):
        self._wanted, self._listing = wanted, listing
        self.names = sorted(listing.files)
        self.source = str(wanted.at(listing.commit))

    def has(self, name: str) -> bool:
        """Whether the dataset has it."""
        return name in self._listing.files

    def bring(self, names: Sequence[str]) -> Path:
        """Download what is not here yet."""
        from zsbir.hub.cache import find, snapshot_folder
        from zsbir.hub.download import download

        download(self._wanted, self._listing, names)
        path = find(self._wanted.at(self._listing.commit), names[-1])
        return snapshot_folder(path, names[-1])


def open_dataset(wanted: Reference) -> Files:
    """Look up a dataset of the Hub; where that cannot be asked, what the cache holds is taken and told.

    Raises:
        HubError: It is in neither, or not whole.
    """
    from zsbir.hub.download import list_files

    try:
        return HubFiles(wanted, list_files(wanted))
    except HubError as error:
        folder = _find_snapshot(wanted)
        if folder is None:
            raise
        files = LocalFiles(folder, str(wanted.at(folder.name)))
        if missing := missing_shards(files.names):
            raise HubError(f"The cache lacks {missing[0]} of {wanted}. {error}") from error
        log.warning("%s What the cache holds of it is taken: %d files.", error, len(files.names))
        return files


def _find_snapshot(wanted: Reference) -> Path | None:
    """The folder of a revision in the Hub's cache."""
    from huggingface_hub import constants, scan_cache_dir
    from huggingface_hub.errors import CacheNotFound

    try:
        repos = scan_cache_dir(constants.HF_HUB_CACHE).repos
    except CacheNotFound:
        return None
    for repo in repos:
        if (repo.repo_id, repo.repo_type) == (wanted.repo, wanted.kind):
            for snapshot in repo.revisions:
                if (wanted.revision or "main") in {snapshot.commit_hash, *snapshot.refs}:
                    return snapshot.snapshot_path
    return None
