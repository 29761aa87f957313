"""Files that are either whole or as they were before, whatever interrupts the writing."""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Iterator
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


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there in one step; makes the folder if needed.

    Args:
        path: Where the file shall be.
        content: All of it.

    Raises:
        GalleryError: The folder cannot be written to.
    """
    with writing_to(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.{uuid.uuid4().hex}.partial")
        try:
            with open(partial, "xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(partial, path)
        except BaseException:
            with contextlib.suppress(OSError):
                partial.unlink()
            raise
