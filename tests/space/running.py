"""The page as a Space runs it: `python app.py` in a process of its own, with a Space's environment."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
START_LIMIT = 120
# What the image of a Gradio Space sets, as far as its build logs show it.
SPACE = {
    "SYSTEM": "spaces",
    "SPACE_ID": "user/zsbir",
    "SPACE_AUTHOR_NAME": "user",
    "SPACE_REPO_NAME": "zsbir",
    "SPACE_HOST": "user-zsbir.hf.space",
    "PYTHONUNBUFFERED": "1",
    "GRADIO_SERVER_NAME": "0.0.0.0",
    "GRADIO_NUM_PORTS": "1",
    "GRADIO_ALLOW_FLAGGING": "never",
    "GRADIO_THEME": "huggingface",
}
TRIANGLE = {"width": 600, "height": 600, "strokes": [{"x": [100, 500, 300, 100], "y": [500, 500, 100, 500]}]}


@dataclass(frozen=True)
class App:
    """A page that is served, and the log of its process so far."""

    url: str
    log_file: Path

    @property
    def log(self) -> str:
        """What it has printed."""
        return self.log_file.read_text(encoding="utf-8")

    def draw(self, drawing: dict[str, Any] = TRIANGLE, **arguments: Any) -> dict[str, Any]:
        """Search as a program does that uses the Space."""
        from gradio_client import Client

        return Client(self.url, verbose=False).predict(drawing, api_name="/search", **arguments)


@contextlib.contextmanager
def running(
    home: Path,
    *command: str,
    root: Path = ROOT,
    python: str = sys.executable,
    **variables: str,
) -> Iterator[App]:
    """Serve the page until the block ends.

    Args:
        home: The user's home folder, empty at first, as in a container that has just been started.
        command: What Python runs; `app.py` unless given.
        root: The clone.
        python: The interpreter.
        variables: Further environment variables.
    """
    home.mkdir(parents=True, exist_ok=True)
    port, log = free_port(), home.with_name(f"{home.name}.log")
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("HF_", "ZSBIR_", "GRADIO_", "XDG_", "SPACE")) and "PROXY" not in name.upper()
    }
    environment |= {**SPACE, "HOME": str(home), "HF_HUB_OFFLINE": "1", "GRADIO_SERVER_PORT": str(port)}
    with open(log, "w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [python, *(command or ["app.py"])],
            cwd=root,
            env=environment | variables,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        app = App(f"http://127.0.0.1:{port}/", log)
        _wait(app, process)
        yield app
    finally:
        process.terminate()
        process.wait(timeout=30)


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def _wait(app: App, process: subprocess.Popen) -> None:
    limit = time.monotonic() + START_LIMIT
    while time.monotonic() < limit and process.poll() is None:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(app.url, timeout=5).close()
            return
        time.sleep(0.1)
    raise AssertionError(f"The page was not served:\n{app.log}")
