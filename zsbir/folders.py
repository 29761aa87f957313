"""Where named things lie; apart from them, so that listing names needs no torch."""

from __future__ import annotations

import os
import re
from pathlib import Path

BUNDLED_BACKBONE = "zsbir-tiny"
"""The backbone that everybody has who has zsbir."""


def checkpoints_home() -> Path:
    """Return the folder of the checkpoints: `ZSBIR_CHECKPOINTS`, else `checkpoints/` beside the package."""
    return Path(os.environ.get("ZSBIR_CHECKPOINTS") or Path(__file__).parents[1] / "checkpoints")


def cache_home() -> Path:
    """Return the folder for what can be had again: whatever is made at run time goes below it, nowhere else.

    `ZSBIR_CACHE`, else `zsbir/` where the Hub's client lets libraries cache: `HF_ASSETS_CACHE`, or `assets/`
    in `HF_HOME`. So one `HF_HOME` on a disk that stays keeps all of it. May not exist yet.
    """
    if chosen := os.environ.get("ZSBIR_CACHE"):
        return Path(chosen).expanduser().absolute()
    from huggingface_hub.constants import HF_ASSETS_CACHE

    return Path(HF_ASSETS_CACHE).expanduser().absolute() / "zsbir"


def named_folder(name: str | Path, home: Path) -> Path:
    """Return the folder that a name or a path means, whether it exists or not.

    A bare name is always one below `home`, so that no folder that happens to lie in the working directory
    is taken for it. A path has a separator or begins with "." or "~"; `Path` objects are paths.
    """
    is_path = isinstance(name, Path) or re.match(r"[.~]", name) or set(name) & {"/", os.sep, os.altsep}
    return Path(name).expanduser().absolute() if is_path else home / name
