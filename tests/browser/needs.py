"""What the browser tests cannot do without: they are skipped with a clear word, or fail where required."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

import pytest


def playwright() -> None:
    """Call before importing playwright."""
    for package in ("playwright", "axe_playwright_python"):
        if importlib.util.find_spec(package) is None:
            _missing(f"The package {package.replace('_', '-')}")


def chromium() -> str:
    """Path of a Chromium."""
    path = os.environ.get("ZSBIR_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path or not Path(path).is_file():
        _missing("Chromium (/usr/bin/chromium, or what ZSBIR_CHROMIUM names)")
    return path


def _missing(what: str) -> None:
    message = f"{what} is missing, so the page is not tested in a browser."
    if os.environ.get("ZSBIR_REQUIRE_BROWSER") == "1":
        pytest.fail(message, pytrace=False)
    pytest.skip(message, allow_module_level=True)
