"""Which photos one of several workers embeds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from zsbir.errors import GalleryError

BLOCK = 256  # photos whose batches depend on no others; also what a crash costs a worker at most

T = TypeVar("T")


@dataclass(frozen=True)
class Shard:
    """Every so many-th block of photos.

    Attributes:
        number: From 1.
        count: How many shards there are.
        block: Photos in a block; the same for all that build one index.
    """

    number: int = 1
    count: int = 1
    block: int = BLOCK

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read "2/4", the second of four.

        Raises:
            GalleryError: It is no such thing.
        """
        found = re.fullmatch(r"(\d+)/(\d+)", text)
        if not found or not 1 <= int(found[1]) <= int(found[2]):
            raise GalleryError(f"A shard is written as 1/4 (the first of four) to 4/4, not {text!r}.")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    def owns(self, place: int) -> bool:
        """Whether the photo at a place, from 0, belongs to it."""
        return place // self.block % self.count == self.number - 1

    def blocks(self, photos: Sequence[T]) -> list[Sequence[T]]:
        """Its blocks; only the last of all may hold fewer photos."""
        starts = range((self.number - 1) * self.block, len(photos), self.count * self.block)
        return [photos[start : start + self.block] for start in starts]


WHOLE = Shard()
