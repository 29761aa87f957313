"""Mixed precision: what is multiplied in which number format, and what never is."""

import pytest
import torch
from torch import nn
from torch.nn.attention import SDPBackend
from torch.nn.functional import scaled_dot_product_attention

from zsbir.training.methods.config import TrainConfig
from zsbir.training.precision import PRECISIONS, mixed_precision

CPU, CUDA = torch.device("cpu"), torch.device("cuda")


def product(precision):
    with mixed_precision(precision, CPU):
        return nn.Linear(4, 3)(torch.ones(2, 4)).dtype


@pytest.mark.parametrize(
    ("precision", "expected"), [("fp32", torch.float32), ("auto", torch.float32), ("bf16", torch.bfloat16)]
)
def test_a_cpu_multiplies_in_bf16_only_when_asked(precision, expected):
    assert product(precision) == expected
    assert product("fp32") == torch.float32  # and what was set is not left behind


@pytest.mark.parametrize(("precision", "asked"), [("auto", True), ("bf16", True), ("fp32", False)])
def test_a_gpu_multiplies_in_bf16_unless_told_not_to(monkeypatch, precision, asked):
    called = []
    real = torch.autocast
    monkeypatch.setattr(torch, "autocast", lambda kind, dtype: called.append((kind, dtype)) or real("cpu"))
    with mixed_precision(precision, CUDA):
        pass
    assert called == ([("cuda", torch.bfloat16)] if asked else [])


def test_weights_and_their_gradients_stay_single():
    torch.manual_seed(0)
    layer, x = nn.Linear(8, 8), torch.randn(4, 8)
    exact = layer(x).square().sum()
    exact.backward()
    expected, layer.weight.grad = layer.weight.grad, None
    with mixed_precision("bf16", CPU):
        rough = layer(x).square().sum()
    rough.backward()
    assert layer.weight.dtype == layer.weight.grad.dtype == torch.float32
    assert rough.item() != exact.item() and rough.item() == pytest.approx(exact.item(), rel=0.02)
    assert torch.nn.functional.cosine_similarity(layer.weight.grad, expected).min() > 0.99


def test_attention_is_the_plain_one_on_a_cpu(monkeypatch):
    """Torch's fused attention is slow backwards in bf16 there."""
    chosen = []
    from zsbir.training import precision

    real = precision.sdpa_kernel
    monkeypatch.setattr(precision, "sdpa_kernel", lambda backend: chosen.append(backend) or real(backend))
    query = torch.randn(1, 2, 5, 4)
    exact = scaled_dot_product_attention(query, query, query)
    with mixed_precision("bf16", CPU):
        rough = scaled_dot_product_attention(query, query, query)
    assert chosen == [SDPBackend.MATH]
    assert torch.allclose(rough.float(), exact, atol=0.05)


def test_a_run_takes_only_what_there_is():
    for precision in PRECISIONS:
        assert TrainConfig(precision=precision).precision == precision
    with pytest.raises(ValueError, match="precision must be one of"):
        TrainConfig(precision="fp16")
