"""Which device the network runs on, with numbers of which format."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from zsbir.errors import BackboneError
from zsbir.zerogpu import cuda_is_real

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

    cuda = torch.cuda.is_available() and cuda_is_real()
    available = {"cuda": cuda, "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        return torch.device(next(kind for kind, there in available.items() if there))
    kind = name.partition(":")[0]
    if not available.get(kind, False):
        there = ", ".join(kind for kind, is_there in available.items() if is_there)
        raise BackboneError(f"There is no device {name!r} on this machine; use auto or one of: {there}.")
    return torch.device(name)


def choose_dtype(precision: str, device: torch.device) -> torch.dtype:
    """Return the number format to run in.

    Args:
        precision: "fp32", "fp16", "bf16", or "auto": what the environment's ZSBIR_PRECISION names, else half
            precision on CUDA and single elsewhere.
        device: Where the network runs.

    Raises:
        BackboneError: There is no such format.
    """
    import torch

    if precision == "auto":
        precision = os.environ.get("ZSBIR_PRECISION") or "auto"
    if precision == "auto":
        precision = "fp16" if device.type == "cuda" else "fp32"
    choices = {"fp32": torch.float32, "fp16": torch.float16, "bf16": torch.bfloat16}
    if precision not in choices:
        raise BackboneError(f"precision must be auto, fp32, fp16 or bf16, not {precision!r}.")
    return choices[precision]
