"""How commands print for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def print_json(values: Mapping[str, Any]) -> None:
    """Print one JSON object on one line, at once, so that a reader can follow along."""
    print(json.dumps(values), flush=True)
