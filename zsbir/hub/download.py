"""Files of the Hub's repositories, out of the network and into the cache."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from zsbir.hub.cache import arriving, find, snapshot_folder
from zsbir.hub.checksums import has_content
from zsbir.hub.troubles import DamagedError, MovedOnError, cache_folder, explain, no_room, offline
from zsbir.hub.waiting import wait_for, wait_for_all
from zsbir.progress import Progress

if TYPE_CHECKING:
    from huggingface_hub.hf_api import RepoFile

    from zsbir.hub.reference import Reference

STALL_SECONDS = 120  # the client hands on 10 MB at a time, so this also gives up below some 85 kB a second
AT_ONCE = 8  # as the client's own


@dataclass(frozen=True)
class Listing:
    """What a repository holds at one commit.

    Attributes:
        commit: Its hash.
        files: Path -> size and checksums.
    """

    commit: str
    files: dict[str, RepoFile]


def list_files(wanted: Reference) -> Listing:
    """Ask the Hub which commit a revision is, and what is in it; the network once, with a short timeout.

    Raises:
        HubError: It cannot be had; one sentence for each reason.
    """
    from huggingface_hub import HfApi, constants
    from huggingface_hub.hf_api import RepoFile

    if constants.HF_HUB_OFFLINE:
        raise offline(wanted)
    api, reach = HfApi(endpoint=constants.ENDPOINT, library_name="zsbir"), constants.HF_HUB_ETAG_TIMEOUT

    def tree(alive: Callable[[], None]) -> dict[str, RepoFile]:
        found = {}
        for entry in api.list_repo_tree(wanted.repo, recursive=True, revision=commit, repo_type=wanted.kind):
            alive()
            if isinstance(entry, RepoFile):
                found[entry.path] = entry
        return found

    try:
        about = wait_for(
            lambda _: api.repo_info(
                wanted.repo, revision=wanted.revision, repo_type=wanted.kind, timeout=reach
            ),
            reach,
        )
        commit = str(about.sha)
        return Listing(commit, wait_for(tree, reach))
    except Exception as error:  # the client raises a dozen kinds, and the network under it as many
        raise explain(error, wanted, reach) from error


def download(wanted: Reference, listing: Listing, names: Sequence[str], *, again: bool = False) -> None:
    """Download files of a listing; those that are here already cost nothing.

    The last one comes after all others, and with it the cache learns which commit a branch is. So whoever
    looks for the last one finds either all of them or none, or those of the commit before.

    Args:
        wanted: The repository, at the revision that was listed.
        listing: What `list_files` said.
        names: Which files.
        again: Also those that are here.

    Raises:
        HubError: They cannot be had, or the disk does not take them; one sentence for each reason.
    """
    from huggingface_hub.utils import are_progress_bars_disabled

    pinned = wanted.at(listing.commit)
    missing = {name for name in names if again or find(pinned, name) is None}
    size = sum(listing.files[name].size for name in missing)
    _require_room(wanted, size)
    *first, last = names
    shown = bool(missing) and not are_progress_bars_disabled()
    with Progress(f"Downloading {wanted}", size, "B", shown=shown) as progress:

        def job(name: str, revision: str) -> Callable[[Callable[[], None]], Path]:
            return lambda alive: _take(
                pinned, listing.files[name], revision, again, _counting(progress, alive)
            )

        try:
            others = partial(arriving, wanted)  # two processes do not download one file: the second waits
            wait_for_all([job(name, listing.commit) for name in first], STALL_SECONDS, AT_ONCE, others)
            wait_for(job(last, wanted.revision or "main"), STALL_SECONDS, others)
        except Exception as error:
            raise explain(error, wanted, STALL_SECONDS) from error


def _take(pinned: Reference, file: RepoFile, revision: str, again: bool, bar: type[tqdm]) -> Path:
    from huggingface_hub import constants, hf_hub_download

    path = Path(
        hf_hub_download(
            pinned.repo,
            file.path,
            repo_type=pinned.kind,
            revision=revision,
            endpoint=constants.ENDPOINT,
            etag_timeout=constants.HF_HUB_ETAG_TIMEOUT,
            force_download=again,
            tqdm_class=bar,
            library_name="zsbir",
        )
    )
    if snapshot_folder(path, file.path).name != pinned.revision:
        raise MovedOnError(file.path)
    announced = file.lfs.sha256 if file.lfs else file.blob_id
    if path.stat().st_size != file.size or not has_content(path, announced):
        _delete(path)
        raise DamagedError(file.path)
    return path


def _delete(path: Path) -> None:
    """Take a file out of the cache, whatever links lead to it."""
    while path.is_symlink():
        target = path.parent / os.readlink(path)
        path.unlink()
        path = target
    path.unlink(missing_ok=True)


def _counting(progress: Progress, alive: Callable[[], None]) -> type[tqdm]:
    """A bar for the client that draws nothing, but hands on what it counts."""

    class Counting(tqdm):
        def __init__(self, *args: Any, **kwargs: Any):
            super().__init__(*args, **{**kwargs, "disable": True})

        def update(self, n: float | None = 1) -> None:
            alive()
            progress.update(int(n or 0))

    return Counting


def _require_room(wanted: Reference, needed: int) -> None:
    cache = cache_folder()
    there = next(folder for folder in (cache, *cache.parents) if folder.exists())
    free = shutil.disk_usage(there).free
    if free < needed:
        raise no_room(wanted, needed, free)
