"""Refuses request bodies that no drawing needs, and files, which nothing here takes or keeps."""

from __future__ import annotations

from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 4 * 1024 * 1024  # bytes; a drawing at its limits takes 2 MB, a picture of a sketch less
TOO_LARGE = f"The request is larger than {MAX_BODY // 1024**2} MB. Send fewer points or a smaller picture."
# What Gradio keeps on the disk for anybody who asks, and the page never does.
KEEPING = ("/gradio_api/upload", "/gradio_api/process_recording", "/gradio_api/deep_link")
NOTHING_KEPT = "zsbir takes and keeps no files. Send strokes to /search, or upload a sketch on the page."


class NoFiles:
    """ASGI middleware: answers 404 where Gradio would write to the disk."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what keeps nothing."""
        if scope["type"] == "http" and scope["path"].rstrip("/").endswith(KEEPING):
            return await PlainTextResponse(NOTHING_KEPT, 404)(scope, receive, send)
        await self.app(scope, receive, send)


class BodyLimit:
    """ASGI middleware: answers 413 by the declared length, and by the real one where none was declared."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass small requests on."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > MAX_BODY:
            return await _refuse(scope, receive, send)
        body = _Counted(receive, send)
        try:
            await self.app(scope, body.receive, body.send)
        except ClientDisconnect:
            if not body.too_large:
                raise
        if body.too_large and not body.answered:
            await _refuse(scope, receive, send)


class _Counted:
    """A request's two ends: stops reading above the limit, and holds back what the app says to that."""

    def __init__(self, receive: Receive, send: Send):
        self._receive, self._send = receive, send
        self._read = 0
        self.answered = False

    @property
    def too_large(self) -> bool:
        return self._read > MAX_BODY

    async def receive(self) -> Message:
        message = await self._receive()
        self._read += len(message.get("body", b""))
        if self.too_large:
            raise ClientDisconnect
        return message

    async def send(self, message: Message) -> None:
        if self.too_large and not self.answered:
            return
        self.answered = True
        await self._send(message)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    await JSONResponse({"detail": TOO_LARGE, "error": TOO_LARGE}, 413)(scope, receive, send)
