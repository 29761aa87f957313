"""Ways in which the loopback Hub fails when it is told to."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.hub.server_messages import Answer

Ask = Callable[[], Answer]


@dataclass
class Trouble:
    """What goes wrong with some requests.

    Attributes:
        times: For how many of them; after that the Hub behaves again.
        met: How many it has struck.
    """

    times: float = field(default=float("inf"), kw_only=True)
    pattern: re.Pattern[str] = field(default=re.compile(""), init=False)
    met: int = field(default=0, init=False)

    def strikes(self, line: str) -> bool:
        """Whether it strikes the request of this "METHOD path", which then counts."""
        if self.met >= self.times or not self.pattern.search(line):
            return False
        self.met += 1
        return True

    def send(self, handler: Any, ask: Ask) -> None:
        """Answer a request.

        Args:
            handler: Of the request; its `send` sends.
            ask: Does what was asked, and returns the right answer.
        """
        handler.send(ask())


@dataclass
class Refuse(Trouble):
    """Do nothing, and answer with a status such as 429, 500, 401 or 403, and headers such as Retry-After."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)

    def send(self, handler: Any, ask: Ask) -> None:
        handler.send(Answer(self.status, headers=self.headers))


@dataclass
class Hang(Trouble):
    """Take the request and never answer."""

    def send(self, handler: Any, ask: Ask) -> None:
        handler.hub.stopped.wait()
        handler.close_connection = True


@dataclass
class Drip(Trouble):
    """Send the body in pieces of some bytes, with a pause before each."""

    piece: int = 1
    pause: float = 0.1

    def send(self, handler: Any, ask: Ask) -> None:
        answer = ask()
        handler.send(answer, b"")
        for start in range(0, len(answer.body) if handler.command != "HEAD" else 0, self.piece):
            if handler.hub.stopped.wait(self.pause):
                break
            handler.wfile.write(answer.body[start : start + self.piece])
            handler.wfile.flush()


@dataclass
class Cut(Trouble):
    """Close the connection when this share of the body has been sent."""

    share: float = 0.5

    def send(self, handler: Any, ask: Ask) -> None:
        answer = ask()
        handler.send(answer, answer.body[: int(len(answer.body) * self.share)])
        handler.close_connection = True


@dataclass
class Corrupt(Trouble):
    """Send as many bytes as there should be, under the right ETag, with one bit wrong in the last of them."""

    def send(self, handler: Any, ask: Ask) -> None:
        answer = ask()
        handler.send(answer, answer.body[:-1] + bytes([answer.body[-1] ^ 1]))


@dataclass
class Late(Trouble):
    """Answer rightly, after some seconds."""

    seconds: float = 1.0

    def send(self, handler: Any, ask: Ask) -> None:
        handler.hub.stopped.wait(self.seconds)
        handler.send(ask())
