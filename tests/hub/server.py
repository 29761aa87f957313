"""A small Hub on 127.0.0.1 that the real `huggingface_hub` talks to through `HF_ENDPOINT`.

It serves and takes models, datasets and Spaces as huggingface.co does, and misbehaves when told to.
"""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Callable
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.hub.repos import Repo
from tests.hub.server_messages import Answer, Request, User
from tests.hub.server_trouble import Trouble


class Hub:
    """Repositories, users, troubles and the log of one loopback Hub.

    Attributes:
        url: What `HF_ENDPOINT` has to be.
        storage: Where large files are redirected to: another host, so that no token may be sent along.
        users: Token -> user. `hf_user` writes to "user/...", `hf_reader` is user's and only reads,
            `hf_other` is somebody else's.
        objects: The large file storage, by sha256; files that were uploaded but are in no commit yet.
        requests: All there have been, oldest first.
    """

    def __init__(self) -> None:
        self.repos: dict[tuple[str, str], Repo] = {}
        self.users = {
            "hf_user": User("user"),
            "hf_reader": User("user", writes=False),
            "hf_other": User("other"),
        }
        self.objects: dict[str, bytes] = {}
        self.requests: list[Request] = []
        self.stopped = threading.Event()
        self._troubles: list[Trouble] = []
        self._server = _Server(("127.0.0.1", 0), partial(_Handler, self))
        port = self._server.server_port
        self.url, self.storage = f"http://127.0.0.1:{port}", f"http://localhost:{port}"

    def __enter__(self) -> Hub:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        self._server.shutdown()
        self._server.server_close()

    def model(self, id: str, **facts: Any) -> Repo:
        """The model repository of that id, made if there is none."""
        return self.repos.setdefault(("model", id), Repo(id, "model", **facts))

    def dataset(self, id: str, **facts: Any) -> Repo:
        """The dataset repository of that id, made if there is none."""
        return self.repos.setdefault(("dataset", id), Repo(id, "dataset", **facts))

    def misbehave(self, pattern: str, trouble: Trouble) -> None:
        """Answer requests whose "METHOD path" the regular expression is found in with trouble."""
        trouble.pattern = re.compile(pattern)
        self._troubles.append(trouble)

    def behave(self) -> None:
        """Forget all troubles."""
        self._troubles.clear()

    @property
    def writes(self) -> list[Request]:
        """The requests that change something, or ask how to."""
        return [request for request in self.requests if request.method not in ("GET", "HEAD")]

    def asked(self, pattern: str) -> list[Request]:
        """The requests so far whose "METHOD path" the regular expression is found in."""
        return [each for each in self.requests if re.search(pattern, f"{each.method} {each.path}")]

    def trouble_for(self, request: Request) -> Trouble | None:
        line = f"{request.method} {request.path}"
        return next((each for each in self._troubles if each.strikes(line)), None)

    def answer(self, request: Request) -> Answer:
        for method, pattern, handle in routes():
            match = pattern.fullmatch(request.path)
            if match and request.method in (method, "HEAD" if method == "GET" else method):
                return handle(self, request, **match.groupdict())
        return Answer.of({"error": f"nothing is served at {request.method} {request.path}"}, 404)


Handle = Callable[..., Answer]


def routes() -> list[tuple[str, re.Pattern[str], Handle]]:
    """All that is served: method, path and the function that answers."""
    from tests.hub import server_reads, server_writes

    return [*server_reads.ROUTES, *server_writes.ROUTES]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # a request that hangs must not keep the test

    def handle_error(self, *request: Any) -> None:
        """Say nothing of clients that gave up; Python 3.11 cannot print tracebacks in two threads at once."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(*request)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, hub: Hub, *args: Any) -> None:
        self.hub = hub
        super().__init__(*args)

    def _serve(self) -> None:
        address = urlsplit(self.path)
        request = Request(
            method=self.command,
            path=unquote(address.path),
            query=parse_qs(address.query),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self._read_body(),
        )
        self.hub.requests.append(request)
        trouble = self.hub.trouble_for(request) or Trouble()
        trouble.send(self, lambda: self.hub.answer(request))

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - names that http.server calls

    def send(self, answer: Answer, body: bytes | None = None) -> None:
        """Send the head of an answer, and its body or another one."""
        self.send_response(answer.status)
        for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body if body is None else body)

    def _read_body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            return b"".join(self._chunks())
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _chunks(self):
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def log_message(self, *_: object) -> None:
        """Keep the tests' output free of an access log; `Hub.requests` has it."""
