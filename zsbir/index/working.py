"""The folder beside an index for unfinished work, and who may work in it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from zsbir.errors import GalleryBusyError
from zsbir.gallery.atomic import writing_to
from zsbir.index.shards import WHOLE

if TYPE_CHECKING:
    from zsbir.index.shards import Shard

PATIENCE = 10  # seconds that shards wait for each other to take their locks


@contextlib.contextmanager
def working_folder(index: Path, shard: Shard = WHOLE) -> Iterator[Path]:
    """Give a process a folder beside an index; it stays only if it holds unfinished work.

    One process at a time builds the whole index; each shard has one process, while nobody builds the whole.

    Raises:
        GalleryBusyError: Another process is at it.
        GalleryError: The folder cannot be written to.
    """
    folder = _partial(index)
    with writing_to(index.parent):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            held = _lock_whole(folder) if shard.count == 1 else _lock_shard(folder, shard)
        except Timeout as error:
            raise GalleryBusyError(
                f"Another process is building the index {index}; wait until it is done, or stop it."
            ) from error
    try:
        yield folder
    finally:
        _release(held)
        with contextlib.suppress(OSError):  # unfinished work, or another process has taken over
            folder.rmdir()


def work_of(index: Path) -> list[Path]:
    """The pieces of unfinished work that lie beside an index."""
    return sorted(_partial(index).glob("*.npz"))


def _partial(index: Path) -> Path:
    return index.with_name(f"{index.name}.partial")


def _lock_whole(folder: Path) -> FileLock:
    whole = FileLock(folder / "lock")
    whole.acquire(timeout=0)
    try:
        for path in folder.glob("shard-*.lock"):
            with FileLock(path).acquire(timeout=0):
                pass
            with contextlib.suppress(OSError):
                path.unlink()
    except BaseException:
        _release(whole)
        raise
    return whole


def _lock_shard(folder: Path, shard: Shard) -> FileLock:
    own = FileLock(folder / f"shard-{shard.number}-of-{shard.count}.lock")
    with FileLock(folder / "lock").acquire(timeout=PATIENCE):
        own.acquire(timeout=0)
    return own


def _release(lock: FileLock) -> None:
    with contextlib.suppress(OSError):  # Windows removes it on release, and refuses before
        Path(lock.lock_file).unlink()
    lock.release()
