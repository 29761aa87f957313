"""The service that lends GPUs to Spaces, as far as `spaces` talks to it: one GPU, or none."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

GPU = {"idle": True, "nvidiaIndex": 0, "nvidiaUUID": "GPU-0", "allowToken": "token"}


class ZeroGPUHost:
    """Serves on loopback while it is entered.

    Attributes:
        calls: Paths that were asked for, in their order.
        empty: Whether no GPU is to be had.
    """

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.empty = False
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                path = urlsplit(self.path).path
                host.calls.append(path)
                refused = host.empty and path == "/schedule"
                body = json.dumps(GPU if path == "/schedule" else {}).encode()
                self.send_response(503 if refused else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        """What SPACES_ZERO_DEVICE_API_URL names."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> ZeroGPUHost:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
