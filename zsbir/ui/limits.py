"""Refuses request bodies that no drawing needs."""

from __future__ import annotations

from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 4 * 1024 * 1024  # bytes; a drawing at its limits takes 2 MB, a picture of a sketch less
TOO_LARGE = f"The request is larger than {MAX_BODY // 1024**2} MB. Send fewer points or a smaller picture."


class BodyLimit:
    """ASGI middleware: answers 413 by the declared length, and stops reading where that lied."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass small requests on."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > MAX_BODY:
            return await JSONResponse({"detail": TOO_LARGE, "error": TOO_LARGE}, 413)(scope, receive, send)
        await self.app(scope, _counting(receive), send)


def _counting(receive: Receive) -> Receive:
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > MAX_BODY:
            raise ClientDisconnect
        return message

    return counted
