"""Which device the network runs on, with numbers of which format."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from zsbir.errors import BackboneError
from zsbir.zerogpu import cuda_is_real

if TYPE_CHECKING:
    import torch

SMALL = 20_000_000  # weights of an image tower: zsbir-tiny's has 5 million, ViT-B's 88 million


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


@contextmanager
def leaving_a_core(tower: torch.nn.Module) -> Iterator[None]:
    """Let a small tower use all of torch's threads but one, for whoever sends its answers needs a core too.

    On two cores one thread embeds a drawing with zsbir-tiny as fast as two do, and 30 visitors of the page
    wait half as long (`python -m zsbir.evaluation.visitors`). A large tower keeps all.
    """
    import torch

    threads = torch.get_num_threads()
    small = sum(weights.numel() for weights in tower.parameters()) < SMALL
    torch.set_num_threads(max(1, threads - 1) if small else threads)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
