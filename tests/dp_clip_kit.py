"""A small DP-CLIP, pictures and batches for it, and the slow way through one of its blocks."""

import copy

import torch

from zsbir.training.methods.batch import Batch


def stirred(module):
    torch.manual_seed(1)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return module


def pictures(n, seed=0):
    return torch.randn(n, 3, 32, 32, generator=torch.Generator().manual_seed(seed))


def merged(block, adapter, scales):
    """A block whose own matrices hold the attention's LoRA."""
    block = copy.deepcopy(block)
    low = adapter.qkv
    block.attn.in_proj_weight += low.up @ torch.diag(1 + scales[0]) @ low.down / len(low.down)
    return block


@torch.no_grad()
def slow_block(block, adapter, tokens, scales):
    block = merged(block, adapter, scales)
    normed = block.ln_1(tokens)
    tokens = tokens + block.attn(normed, normed, normed)[0]
    low = adapter.mlp
    beside = tokens @ low.down.T @ torch.diag(1 + scales[1]) @ low.up.T / len(low.down)
    return tokens + block.mlp(block.ln_2(tokens)) + beside


def batch_of(n=4, category="cat", support=2):
    return Batch(
        sketches=pictures(n, seed=1),
        photos=pictures(n, seed=2),
        negatives=pictures(n, seed=3),
        labels=torch.zeros(n, dtype=torch.int64),
        negative_labels=torch.zeros(n, dtype=torch.int64),
        instances=torch.arange(n),
        generator=torch.Generator().manual_seed(0),
        support=pictures(support, seed=4) if support else None,
        category=category,
    )
