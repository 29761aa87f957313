"""Mixed precision: bf16 where it is fast, single precision elsewhere."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

PRECISIONS = ("auto", "fp32", "bf16")


@contextlib.contextmanager
def mixed_precision(precision: str, device: torch.device) -> Iterator[None]:
    """Run the matrix products of a forward or backward pass in bf16, or leave everything as it is.

    Weights and their gradients stay float32. On a CPU bf16 pays where the processor multiplies it by itself
    (AVX512-BF16 or AMX): a step of 96 pictures through zsbir-tiny then takes 0.6 of the time. On AVX2 alone
    it is ten times slower, which is why "auto" leaves CPUs alone.

    Args:
        precision: "auto": bf16 on CUDA, float32 elsewhere; or "fp32" or "bf16".
        device: Where the pass runs.
    """
    if precision == "fp32" or (precision == "auto" and device.type != "cuda"):
        yield
        return
    with contextlib.ExitStack() as stack:
        stack.enter_context(torch.autocast(device.type, torch.bfloat16))
        if device.type == "cpu":  # the backward pass of torch's fused attention is slow in bf16 there
            stack.enter_context(sdpa_kernel(SDPBackend.MATH))
        yield
