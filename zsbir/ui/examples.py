"""Example drawings, made for this project as strokes by a program with an unsteady hand."""

from __future__ import annotations

import json
from typing import Any

from zsbir.ui.assets import static


def examples() -> list[dict[str, Any]]:
    """Drawings in the order of the page: `{"name", "strokes": [{"x", "y"}]}` on a 600 x 600 sheet."""
    return json.loads(static("results/examples.json"))
