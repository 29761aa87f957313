"""One process or several: what torchrun tells about them, and the few words they exchange."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import torch
from torch import distributed, nn

from zsbir.workers import Workers, join_workers

PATIENCE = timedelta(hours=2)  # others wait while the first process measures and saves


@dataclass(frozen=True)
class Ranks(Workers):
    """This process among all that learn together; `local` is its GPU, and the first measures and writes."""

    def wrap(self, module: nn.Module, device: torch.device) -> nn.Module:
        """Average the gradients of all processes; alone, return the module itself."""
        if self.world == 1:
            return module
        on_gpu = [device] if device.type == "cuda" else None
        # Fine-grained and ablated objectives leave some parameters out of some steps.
        return nn.parallel.DistributedDataParallel(module, device_ids=on_gpu, find_unused_parameters=True)

    def agree(self, decision: bool, device: torch.device) -> bool:
        """Return what the first process decided."""
        if self.world == 1:
            return decision
        word = torch.tensor(int(decision), device=device)
        distributed.broadcast(word, 0)
        return bool(word.item())


@contextlib.contextmanager
def join_ranks() -> Iterator[Ranks]:
    """Join the processes that torchrun started; alone without torchrun."""
    on_gpu = torch.cuda.is_available()
    with join_workers(Ranks, "nccl" if on_gpu else "gloo", PATIENCE) as ranks:
        if on_gpu and ranks.world > 1:
            torch.cuda.set_device(ranks.local)
        yield ranks
