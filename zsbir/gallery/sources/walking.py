"""All files below a folder, through links to other folders too."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path

from zsbir.errors import GalleryError

log = logging.getLogger(__name__)


def walk(folder: Path) -> Iterator[str]:
    """Paths of all files below a folder, relative to it, with forward slashes; hidden ones are left out.

    Links to folders are followed, wherever they lead. Each folder counts once: under its own name if that is
    below, else under the first link to it, so that links in a circle have an end.

    Raises:
        GalleryError: A folder cannot be looked into.
    """
    top = os.path.realpath(folder)
    been: set[str] = set()
    waiting, again = [("", top)], []
    while waiting:
        name, start = waiting.pop(0)
        if start in been or (been and Path(top).is_relative_to(start)):
            again.append(name)
            continue
        for place, below, files in os.walk(start, onerror=_refuse):
            within = Path(name, os.path.relpath(place, start))
            if place in been:
                again.append(within.as_posix())
                below.clear()
                continue
            been.add(place)
            shown = [each for each in below if _is_shown(each)]
            links = [each for each in shown if os.path.islink(os.path.join(place, each))]
            below[:] = [each for each in shown if each not in links]
            waiting += [
                ((within / link).as_posix(), os.path.realpath(os.path.join(place, link))) for link in links
            ]
            yield from ((within / file).as_posix() for file in files if _is_shown(file))
        waiting.sort()
    if again:
        log.warning(
            "%d folders that links in %s lead to, such as %s, are taken already, and not taken again.",
            len(again),
            folder,
            min(again),
        )


def _refuse(error: OSError) -> None:
    raise GalleryError(f"Cannot look into {error.filename} ({error.strerror}); make it readable.") from error


def _is_shown(name: str) -> bool:
    return not name.startswith((".", "__MACOSX"))
