"""The page under load and abuse: large bodies, files, too many questions, ports that cannot be had."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from gradio_client import Client
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from zsbir.errors import ZSBIRError
from zsbir.strokes import Drawing
from zsbir.ui import Query, build, serve
from zsbir.ui.limits import MAX_BODY, TOO_LARGE, BodyLimit
from zsbir.ui.port import FIRST, TRIED, choose_port
from zsbir.ui.service import BUSY

ROOT = Path(__file__).parent.parent
DIAGONAL = {"width": 600, "height": 600, "strokes": [{"x": [200, 400], "y": [100, 500]}]}


# ---- bodies and files


async def _length(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


def test_large_bodies_are_refused_declared_or_not():
    app = Starlette(routes=[Route("/", _length, methods=["POST"])], middleware=[Middleware(BodyLimit)])
    http = TestClient(app)
    assert http.post("/", content=b"x" * 1000).text == "1000"
    assert http.post("/", content=(b"x" * 1000 for _ in range(6))).text == "6000"
    assert http.post("/", content=b"x" * (MAX_BODY + 1)).status_code == 413
    assert http.post("/", content=b"", headers={"content-length": "-5"}).status_code == 413
    undeclared = http.post("/", content=(b"x" * 2**20 for _ in range(6)))
    assert (undeclared.status_code, undeclared.json()["error"]) == (413, TOO_LARGE)


@pytest.mark.parametrize("path", ["gradio_api/call/search", "gradio_api/queue/join"])
def test_the_page_refuses_large_bodies_with_a_sentence(address, path):
    start, end = b'{"data": ["', b'"]}'
    declared = httpx.post(address + path, content=start + b"x" * 50_000_000 + end, timeout=30)
    assert (declared.status_code, declared.json()["error"]) == (413, TOO_LARGE)
    chunks = [start, *[b"x" * 2**20] * 5, end]
    undeclared = httpx.post(address + path, content=iter(chunks), timeout=30)
    assert (undeclared.status_code, undeclared.json()["error"]) == (413, TOO_LARGE)


def test_no_file_is_taken(address):
    for path in ("upload", "upload/", "process_recording"):
        answer = httpx.post(f"{address}gradio_api/{path}", files={"files": ("x.txt", b"kept?")})
        assert answer.status_code == 404, path
        assert "keeps no files" in answer.text
    assert httpx.get(f"{address}gradio_api/deep_link?session_hash=x").status_code == 404
    assert Client(address, verbose=False).predict(drawing=DIAGONAL, api_name="/search")["photos"]


# ---- too many questions


def test_only_so_many_questions_wait(fake, monkeypatch):
    service, retriever = fake
    monkeypatch.setattr("zsbir.ui.service.WAITING", 3)
    retriever.gate.clear()

    def question():
        return Query(Drawing.from_json(DIAGONAL), "category", 1, None, "everyday", "plain")

    async def crowd():
        waiting = [asyncio.create_task(service.ask(question)) for _ in range(3)]
        await asyncio.sleep(0)  # all three have begun
        with pytest.raises(ZSBIRError, match=BUSY):
            await service.ask(question)
        retriever.gate.set()
        assert [answer.result.searched for answer in await asyncio.gather(*waiting)] == [60] * 3
        with pytest.raises(ZSBIRError, match="no category"):
            await service.ask(lambda: Query(question().drawing, "fine-grained", 1, "x", "everyday", "plain"))
        assert (
            await service.ask(question)
        ).result.searched == 60  # failed or not, the others have left the queue
        return service._waiting

    assert asyncio.run(crowd()) == 0


# ---- ports


@pytest.fixture
def taken(monkeypatch):
    """A port that somebody listens on; the environment names none."""
    monkeypatch.delenv("GRADIO_SERVER_PORT", raising=False)
    monkeypatch.delenv("GRADIO_SERVER_NAME", raising=False)
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_taken_port_is_one_sentence(fake, taken, monkeypatch):
    with pytest.raises(ZSBIRError, match=f"^Port {taken} is in use. Choose another one, or end"):
        serve(build(fake[0]), fake[0], port=taken, block=False)
    monkeypatch.setenv("GRADIO_SERVER_PORT", str(taken))
    with pytest.raises(ZSBIRError, match=rf"^Port {taken} \(of GRADIO_SERVER_PORT\) is in use"):
        choose_port(None, None)


def test_the_first_free_port_is_taken(taken, monkeypatch):
    monkeypatch.setattr("zsbir.ui.port.FIRST", taken)
    assert taken < choose_port(None, None) < taken + TRIED
    monkeypatch.setattr("zsbir.ui.port.TRIED", 1)
    with pytest.raises(ZSBIRError, match=f"No port from {taken} to {taken} is free. Set GRADIO_SERVER_PORT"):
        choose_port(None, None)
    assert FIRST == 7860


@pytest.mark.parametrize("port", [-1, 0, 65536])
def test_a_number_that_is_no_port(port):
    with pytest.raises(ZSBIRError, match=f"^{port} is not a port. Choose one from 1024 to 65535"):
        choose_port(None, port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_an_address_of_another_machine_is_not_called_a_port_problem(taken, host):
    with pytest.raises(ZSBIRError, match=f"^This machine cannot listen on the address {host}"):
        choose_port(host, None)


def test_a_forbidden_port_is_called_so(monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket, "create_server", refuse)
    with pytest.raises(ZSBIRError, match=r"^Port 80 needs an administrator's rights"):
        choose_port(None, 80)


def test_other_trouble_is_not_called_a_port_problem(fake, monkeypatch):
    demo = build(fake[0])

    def full(**_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(demo, "launch", full)
    with pytest.raises(ZSBIRError, match=r"^The page cannot be served on port .* No space left"):
        serve(demo, fake[0], block=False)


def test_app_with_a_taken_port_says_what_app_users_can_do(taken):
    environment = {**os.environ, "GRADIO_SERVER_PORT": str(taken)}
    run = subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 2
    assert (
        run.stderr.strip()
        .splitlines()[-1]
        .startswith(f"zsbir: Port {taken} (of GRADIO_SERVER_PORT) is in use.")
    )
    assert "Traceback" not in run.stderr
    assert "--port" not in run.stderr
