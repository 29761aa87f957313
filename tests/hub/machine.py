"""A machine as far as the Hub sees it: a cache, a token, and programs that run with them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Done:
    """How a program ended, and what it printed."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The last line printed, which a program for programs writes as JSON."""
        return json.loads(self.out.splitlines()[-1])


class Machine:
    """Runs programs in processes of their own, because `huggingface_hub` reads its environment when imported.

    Args:
        home: For the cache and all else that the client keeps; empty at first.
        endpoint: Of the Hub.
        variables: Further environment variables, such as `HF_TOKEN` or `HF_HUB_OFFLINE`.
    """

    def __init__(self, home: Path, endpoint: str, **variables: str) -> None:
        self.home = home
        clean = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("HF_", "TRANSFORMERS_", "ZSBIR_")) and "PROXY" not in name.upper()
        }
        self.environment = clean | {
            "HF_ENDPOINT": endpoint,
            "HF_HOME": str(home),
            "HF_HUB_DISABLE_XET": "1",  # the loopback Hub has the older large file storage alone
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            "PYTHONPATH": str(ROOT),
            **variables,
        }

    def python(self, code: str, *arguments: object, timeout: float = 100, **variables: str) -> Done:
        """Run a Python program, which finds its arguments in `sys.argv[1:]`."""
        return self._run("-c", code, *arguments, timeout=timeout, **variables)

    def zsbir(self, *arguments: object, timeout: float = 100, **variables: str) -> Done:
        """Run `python -m zsbir` with these arguments."""
        return self._run("-m", "zsbir", *arguments, timeout=timeout, **variables)

    def _run(self, *arguments: object, timeout: float, **variables: str) -> Done:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", *map(str, arguments)],
            env=self.environment | variables,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        return Done(done.returncode, done.stdout, done.stderr)
