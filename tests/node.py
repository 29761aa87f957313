"""Runs the page's JavaScript in Node."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def run_node(*arguments: str) -> str:
    """Run Node with arguments, and return what it prints; skips the test where there is no Node."""
    program = shutil.which("node")
    if program is None and os.environ.get("ZSBIR_REQUIRE_BROWSER") == "1":
        pytest.fail("Node is missing, so the page's JavaScript is not tested.")
    if program is None:
        pytest.skip("Node is missing, so the page's JavaScript is not tested.")
    done = subprocess.run([program, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def evaluate(code: str) -> str:
    """Run a module's code, and return what it prints."""
    return run_node("--input-type=module", "-e", code).strip()
