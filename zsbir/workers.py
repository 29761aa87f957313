"""Several processes that `torchrun` started, and what they tell each other."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

T = TypeVar("T")

PATIENCE = timedelta(days=7)  # the others wait while the first downloads; torchrun ends them if it fails


@dataclass(frozen=True)
class Workers:
    """This process among all.

    Attributes:
        rank: Its number, from 0.
        world: How many there are.
        local: Its number on this machine.
    """

    rank: int = 0
    world: int = 1
    local: int = 0

    @property
    def is_first(self) -> bool:
        """Whether this process writes, and talks to people."""
        return self.rank == 0

    def device(self, name: str) -> str:
        """The device of this process: the GPUs of a machine are dealt out in turn."""
        if self.world == 1 or name not in ("auto", "cuda"):
            return name
        import torch

        return f"cuda:{self.local % torch.cuda.device_count()}" if torch.cuda.is_available() else name

    def first(self, do: Callable[[], T], then: Callable[[], T]) -> T:
        """Let the first process do something, and the others something else after it."""
        result = do() if self.is_first else None
        self.gather(None)
        return result if self.is_first else then()

    def gather(self, value: T) -> list[T]:
        """Wait for all, and return what each brings along."""
        if self.world == 1:
            return [value]
        from torch import distributed

        values: list = [None] * self.world
        distributed.all_gather_object(values, value)
        return values


W = TypeVar("W", bound=Workers)


@contextlib.contextmanager
def join_workers(
    kind: type[W] = Workers, backend: str = "gloo", patience: timedelta = PATIENCE
) -> Iterator[W]:
    """Join the processes that torchrun started; alone without it.

    Args:
        kind: What to make of this process.
        backend: By which they talk, in `torch.distributed`'s words.
        patience: How long one waits for the others.
    """
    world = int(os.environ.get("WORLD_SIZE", "1"))
    if world == 1 or "MASTER_ADDR" not in os.environ:
        yield kind()
        return
    from torch import distributed

    distributed.init_process_group(backend, timeout=patience)
    try:
        yield kind(distributed.get_rank(), world, int(os.environ.get("LOCAL_RANK", "0")))
    finally:
        distributed.destroy_process_group()
