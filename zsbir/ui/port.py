"""Finds the port to serve at, or says in one sentence why there is none."""

from __future__ import annotations

import errno
import os
import socket

from zsbir.errors import ZSBIRError

FIRST, TRIED = 7860, 100  # as Gradio has them
OTHER = "Choose another one, or end the program that uses it."


def choose_port(host: str | None, port: int | None) -> int:
    """Return a port that can be listened on now.

    Args:
        host: address to listen on; None is what GRADIO_SERVER_NAME says, or this machine only.
        port: the one to take; None takes what GRADIO_SERVER_PORT says, or the first free one from 7860.

    Raises:
        ZSBIRError: the port is taken, forbidden or none, or this machine does not have the address.
    """
    host = host or os.environ.get("GRADIO_SERVER_NAME") or "127.0.0.1"
    named = os.environ.get("GRADIO_SERVER_PORT")
    if port is None and named is None:
        return _first_free(host)
    where = "" if port is not None else " (of GRADIO_SERVER_PORT)"
    wanted = port if port is not None else int(named)
    if not 1 <= wanted <= 65535:
        raise ZSBIRError(f"{wanted}{where} is not a port. Choose one from 1024 to 65535.")
    if _in_use(host, wanted, where):
        raise ZSBIRError(f"Port {wanted}{where} is in use. {OTHER}")
    return wanted


def _first_free(host: str) -> int:
    for port in range(FIRST, FIRST + TRIED):
        if not _in_use(host, port):
            return port
    raise ZSBIRError(
        f"No port from {FIRST} to {FIRST + TRIED - 1} is free. Set GRADIO_SERVER_PORT to one that is."
    )


def _in_use(host: str, port: int, where: str = "") -> bool:
    """Try to listen; raises ZSBIRError where another port would not help, or none was named."""
    bare = host.strip("[]")
    try:
        socket.create_server((bare, port), family=socket.AF_INET6 if ":" in bare else socket.AF_INET).close()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return True
        if error.errno == errno.EACCES:
            raise ZSBIRError(
                f"Port {port}{where} needs an administrator's rights. Choose one from 1024 to 65535."
            ) from error
        raise ZSBIRError(
            f"This machine cannot listen on the address {host} ({error.strerror or error}). "
            "Name one of its own, or 0.0.0.0 for all of them, or none for this machine only."
        ) from error
    return False
