"""Where galleries lie, and where their indexes go when a gallery's own folder cannot be written to."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from zsbir.folders import cache_home, named_folder

TABLE = "photos.csv"
BUNDLED = Path(__file__).resolve().parents[2] / "gallery"


def galleries_homes() -> list[Path]:
    """The folders that galleries are found in; of two galleries of one name the first is taken.

    They are ZSBIR_GALLERIES, or else `gallery/` beside the package; and `galleries/` in the cache, where new
    ones go when the first cannot be written to.
    """
    chosen = os.environ.get("ZSBIR_GALLERIES")
    first = Path(chosen).expanduser().absolute() if chosen else BUNDLED
    return [first, cache_home() / "galleries"]


def galleries_home() -> Path:
    """The folder that new galleries are made in."""
    first, cached = galleries_homes()
    return first if can_be_written(first) else cached


def find_home(name_or_path: str | Path) -> Path:
    """The folder of a gallery, whether it exists or not."""
    places = [named_folder(name_or_path, home) for home in galleries_homes()]
    return next((place for place in places if (place / TABLE).is_file()), places[0])


def list_galleries() -> list[str]:
    """The names of all galleries found in `galleries_homes`, sorted."""
    return sorted({table.parent.name for home in galleries_homes() for table in home.glob(f"*/{TABLE}")})


def can_be_written(folder: Path) -> bool:
    """Whether files may be made in a folder, or the folder itself where it does not exist yet.

    What lies beside the package in a Space cannot: it is thrown away at every restart.
    """
    if "SPACE_ID" in os.environ and folder.is_relative_to(BUNDLED):
        return False
    there = next(place for place in (folder, *folder.parents) if place.exists())
    if folder == BUNDLED and there != folder:  # an installed package, not a clone
        return False
    # Where a file is in the way, writing shall tell so.
    return os.access(there, os.W_OK | os.X_OK) or not there.is_dir()


def indexes_elsewhere(home: Path) -> Path:
    """Where the indexes of a gallery go whose folder is not to be written to."""
    place = hashlib.sha256(str(home).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return cache_home() / "indexes" / f"{home.name}-{place}"
