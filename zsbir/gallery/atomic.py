"""Files that are either whole or as they were before, whatever interrupts the writing."""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from zsbir.errors import GalleryError


@contextlib.contextmanager
def writing_to(folder: Path) -> Iterator[None]:
    """Turn the system's refusals while writing below a folder into one sentence.

    Raises:
        GalleryError: The folder is read-only, the disk is full, or a file is in the way.
    """
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise GalleryError(
            f"Cannot write to {folder} ({reason}); make it writable and free some space, "
            "or keep your galleries elsewhere by setting ZSBIR_GALLERIES to another folder."
        ) from error


def write_atomically(path: Path, content: bytes, *, force: bool = True) -> None:
    """Write a file beside its place and move it there in one step; makes the folder if needed.

    Args:
        path: Where the file shall be.
        content: All of it.
        force: Wait until the disk has it, so that a power cut leaves the old file or the new one. Without,
            it may leave a short one.

    Raises:
        GalleryError: The folder cannot be written to.
    """
    write_together({path: content}, force=force)


def write_together(files: Mapping[Path, bytes | Iterable[bytes]], *, force: bool = True) -> None:
    """Write files of one folder as `write_atomically` does; none takes its place before all are written.

    So a disk that fills up leaves the old ones, all of them.

    Args:
        files: Each with all of its content, or with pieces of it, in order.
        force: As in `write_atomically`.

    Raises:
        GalleryError: The folder cannot be written to.
    """
    folder = next(iter(files)).parent
    written: dict[Path, Path] = {}
    with writing_to(folder):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            for path, content in files.items():
                written[path] = path.with_name(f".{path.name}.{uuid.uuid4().hex}.partial")
                _write(written[path], content, force)
            for path, partial in written.items():
                os.replace(partial, path)
        except BaseException:
            for partial in written.values():
                with contextlib.suppress(OSError):
                    partial.unlink()
            raise


def _write(path: Path, content: bytes | Iterable[bytes], force: bool) -> None:
    with open(path, "xb") as file:
        file.writelines([content] if isinstance(content, bytes) else content)
        if force:
            file.flush()
            os.fsync(file.fileno())
