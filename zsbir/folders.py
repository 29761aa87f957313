"""Where the bundled checkpoints lie; apart from them, so that listing names needs no torch."""

from __future__ import annotations

import os
from pathlib import Path


def checkpoints_home() -> Path:
    """Return the folder of the checkpoints: `ZSBIR_CHECKPOINTS`, else `checkpoints/` beside the package."""
    return Path(os.environ.get("ZSBIR_CHECKPOINTS") or Path(__file__).parents[1] / "checkpoints")
