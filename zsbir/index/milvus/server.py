"""Milvus as far as it is needed here: every call ends in bounded time, and every failure is one sentence."""

from __future__ import annotations

import logging
import os
import threading
import time
from pathlib import Path
from typing import Any

from zsbir.errors import GalleryError
from zsbir.index.milvus.address import TOKEN

PATIENCE = 10  # seconds for an answer
AWAY = 3  # seconds that a server may be away, as while it is started anew
# gRPC would wait up to two minutes before it asks a server again that was away for long.
RECONNECTING = {"grpc.initial_reconnect_backoff_ms": 200, "grpc.max_reconnect_backoff_ms": 2000}
REQUIREMENTS = "zsbir/index/milvus/requirements.txt"
# What these log we tell in a sentence, or it does not matter: the embedded engine lacks calls that the client
# can do without.
_TALKATIVE = ("pymilvus", "milvus_lite", "grpc")
_opening = threading.Lock()


class Server:
    """A connection to Milvus.

    Args:
        uri: As in `Address`.

    Raises:
        GalleryError: pymilvus is not installed, the server does not answer, or the file cannot be made or is
            another process's.
    """

    def __init__(self, uri: str):
        self.uri = uri
        self.is_embedded = "://" not in uri
        try:
            from pymilvus import MilvusClient
        except ImportError as error:
            raise GalleryError(
                f"Vectors in Milvus need pymilvus; install it with: pip install -r {REQUIREMENTS}"
            ) from error
        for name in _TALKATIVE:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        if self.is_embedded:
            _make_folder(Path(uri).parent)
        with _opening:
            self._client = self._bounded(
                MilvusClient,
                uri,
                token=os.environ.get(TOKEN, ""),
                timeout=PATIENCE,
                grpc_options=RECONNECTING,
            )

    def call(self, what: str, *args: Any, timeout: float = PATIENCE, **kwargs: Any) -> Any:
        """Call a method of `pymilvus.MilvusClient` by its name.

        Args:
            what: The method.
            args: For it.
            timeout: Seconds that it may take.
            kwargs: For it.

        Raises:
            GalleryError: Milvus refuses, or does not answer in time.
        """
        return self._bounded(getattr(self._client, what), *args, timeout=timeout, **kwargs)

    def close(self) -> None:
        """Hang up. The embedded engine keeps its file until the program ends: others in it may use it."""
        self._client.close()

    def _bounded(self, do: Any, *args: Any, **kwargs: Any) -> Any:
        from grpc import RpcError
        from pymilvus.client.types import Status
        from pymilvus.exceptions import MilvusException

        until = time.monotonic() + AWAY
        while True:
            try:
                return do(*args, **kwargs)
            except (MilvusException, RpcError) as error:
                away = getattr(error, "code", None) == Status.CONNECT_FAILED
                if not away or self.is_embedded or time.monotonic() > until:
                    raise GalleryError(self._explain(getattr(error, "message", "") or str(error))) from error
                time.sleep(AWAY / 15)

    def _explain(self, message: str) -> str:
        if self.is_embedded and "Open local milvus failed" in message:
            return (
                f"The vectors in {self.uri} cannot be opened: another process has them open, and only one "
                "can; end it, or keep the vectors on a server of Milvus."
            )
        reason = " ".join(message.split())[:200].rstrip(".")
        return (
            f"Milvus at {self.uri} does not do what was asked ({reason}); "
            "check that it runs there and can be reached, and try again."
        )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GalleryError(
            f"The vectors cannot be kept in {folder} ({error.strerror}); name a place that can be written to."
        ) from error
