"""Whether a file is what the Hub says it is."""

from __future__ import annotations

import functools
import hashlib
import os
from pathlib import Path

SHA256, GIT = 64, 40  # hex digits of the two kinds of names that the Hub gives to contents


def is_intact(path: Path) -> bool:
    """Whether a file of the Hub's cache still has the content that its blob is named after.

    Where links cannot be made the cache keeps no such names, and what is there is believed.
    """
    if not path.is_symlink():
        return True
    name = Path(os.readlink(path)).name
    return not _is_name(name) or has_content(path, name)


def has_content(path: Path, name: str) -> bool:
    """Whether a file has the content that the Hub names so: a sha256, or git's sha1 of small files."""
    stat = path.stat()
    return _content_name(str(path.resolve()), len(name), stat.st_size, stat.st_mtime_ns) == name


@functools.lru_cache(maxsize=4096)
def _content_name(path: str, digits: int, size: int, changed: int) -> str:
    """Worked out once for a file, until it changes: checkpoints share backbones."""
    total = hashlib.sha256() if digits == SHA256 else hashlib.sha1(b"blob %d\0" % size)
    with open(path, "rb") as file:
        while piece := file.read(1 << 20):
            total.update(piece)
    return total.hexdigest()


def _is_name(text: str) -> bool:
    return len(text) in (SHA256, GIT) and not set(text) - set("0123456789abcdef")
