"""`app.py` in a process of its own, for whatever measures it from outside."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_LIMIT = 120  # seconds


@contextmanager
def started_app(settings: Mapping[str, str] = {}) -> Iterator[str]:
    """Start `app.py` on a free port, and end it afterwards; yields its address as soon as it is served.

    Args:
        settings: Environment variables of the app, such as `ZSBIR_CHECKPOINT`.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    environment = os.environ | {"GRADIO_SERVER_PORT": str(port), "GRADIO_ANALYTICS_ENABLED": "False"}
    command = [sys.executable, "app.py"]
    app = subprocess.Popen(command, cwd=ROOT, env=environment | settings, stdout=subprocess.DEVNULL)
    try:
        _wait_for(address, app)
        yield address
    finally:
        app.terminate()
        app.wait()


def _wait_for(address: str, app: subprocess.Popen) -> None:
    limit = time.perf_counter() + START_LIMIT
    while time.perf_counter() < limit and app.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.02)
    raise SystemExit("app.py did not serve its page; run `python app.py` to see why.")
