"""Ways in which the loopback Hub fails when it is told to."""

from __future__ import annotations

import dataclasses
import re
import time
from dataclasses import dataclass, field
from typing import Any


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

    def instead(self, answer: Any) -> Any:
        """The answer that is sent in place of the right one."""
        return answer

    def send(self, handler: Any, answer: Any) -> bool:
        """Send the answer in a way of its own; False leaves that to the server."""
        return False


@dataclass
class Refuse(Trouble):
    """Another status, such as 429, 500, 401 or 403, and headers such as Retry-After."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)

    def instead(self, answer: Any) -> Any:
        return dataclasses.replace(answer, status=self.status, body=b"", headers=self.headers)


@dataclass
class Hang(Trouble):
    """Take the request and never answer."""

    def send(self, handler: Any, answer: Any) -> bool:
        handler.hub.stopped.wait()
        handler.close_connection = True
        return True


@dataclass
class Drip(Trouble):
    """Send the body in pieces of some bytes, with a pause before each."""

    piece: int = 1
    pause: float = 0.1

    def send(self, handler: Any, answer: Any) -> bool:
        handler.send(answer, b"")
        for start in range(0, len(answer.body) if handler.command != "HEAD" else 0, self.piece):
            if handler.hub.stopped.wait(self.pause):
                break
            handler.wfile.write(answer.body[start : start + self.piece])
            handler.wfile.flush()
        return True


@dataclass
class Cut(Trouble):
    """Close the connection when this share of the body has been sent."""

    share: float = 0.5

    def send(self, handler: Any, answer: Any) -> bool:
        handler.send(answer, answer.body[: int(len(answer.body) * self.share)])
        handler.close_connection = True
        return True


@dataclass
class Corrupt(Trouble):
    """Send as many bytes as there should be, under the right ETag, with one bit wrong in the last of them."""

    def instead(self, answer: Any) -> Any:
        return dataclasses.replace(answer, body=answer.body[:-1] + bytes([answer.body[-1] ^ 1]))


@dataclass
class Late(Trouble):
    """Answer rightly, after some seconds."""

    seconds: float = 1.0

    def instead(self, answer: Any) -> Any:
        time.sleep(self.seconds)
        return answer
