"""What the Hub's cache holds; nothing here asks the network."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zsbir.hub.reference import Reference


def find(wanted: Reference, file: str) -> Path | None:
    """Return a file of a repository at a revision, if the cache has it."""
    from huggingface_hub import constants, try_to_load_from_cache

    found = try_to_load_from_cache(
        wanted.repo,
        file,
        cache_dir=constants.HF_HUB_CACHE,
        revision=wanted.revision,
        repo_type=wanted.kind,
    )
    return Path(found) if isinstance(found, str) else None


def is_known(wanted: Reference) -> bool:
    """Whether the cache has anything of a repository at a revision."""
    from huggingface_hub import constants
    from huggingface_hub.file_download import repo_folder_name

    home = Path(constants.HF_HUB_CACHE, repo_folder_name(repo_id=wanted.repo, repo_type=wanted.kind))
    revision = wanted.revision or "main"
    return (home / "refs" / revision).is_file() or (home / "snapshots" / revision).is_dir()


def snapshot_folder(path: Path, file: str) -> Path:
    """Return the snapshot's folder, named by its commit, of a file that `find` returned."""
    return path.parents[file.count("/")]


def arriving(wanted: Reference) -> dict[str, int]:
    """Files of a repository that some process is downloading now, with the bytes that are here."""
    from huggingface_hub import constants
    from huggingface_hub.file_download import repo_folder_name

    folder = Path(constants.HF_HUB_CACHE, repo_folder_name(repo_id=wanted.repo, repo_type=wanted.kind))
    sizes = {}
    for path in folder.glob("blobs/*.incomplete"):
        with contextlib.suppress(OSError):  # it is complete by now
            sizes[path.name] = path.stat().st_size
    return sizes
