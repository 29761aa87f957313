"""Which device the network runs on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zsbir.errors import BackboneError

if TYPE_CHECKING:
    import torch


def choose_device(name: str = "auto") -> torch.device:
    """Return the device to run on; "auto" is CUDA, then Apple's MPS, then the CPU.

    Args:
        name: "auto", "cuda", "cuda:1", "mps" or "cpu".

    Raises:
        BackboneError: There is no such device on this machine.
    """
    import torch

    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return torch.device(next(kind for kind, there in available.items() if there))
    kind = name.partition(":")[0]
    if not available.get(kind, False):
        there = ", ".join(kind for kind, is_there in available.items() if is_there)
        raise BackboneError(f"There is no device {name!r} on this machine; use auto or one of: {there}.")
    return torch.device(name)
