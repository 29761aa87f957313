"""Low-rank additions to the blocks of a frozen tower, with channels that a vector can scale (DP-CLIP)."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zsbir.errors import BackboneError


class LowRank(nn.Module):
    """A learnt linear map of low rank (Hu et al., LoRA, 2021); 0 until it has learnt something.

    Args:
        width: Of what comes in.
        out: Of what goes out.
        rank: Channels between.
    """

    def __init__(self, width: int, out: int, rank: int) -> None:
        super().__init__()
        self.down = nn.Parameter(torch.empty(rank, width))
        self.up = nn.Parameter(torch.zeros(out, rank))
        nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))

    def forward(self, x: Tensor, scale: Tensor | None = None) -> Tensor:
        """Map (..., width) to (..., out); `scale` (rank,) makes each channel 1 + scale times as strong."""
        channels = F.linear(x, self.down)
        if scale is not None:
            channels = channels * (1 + scale)
        return F.linear(channels, self.up) / len(self.down)


class BlockAdapter(nn.Module):
    """What DP-CLIP adds to one frozen residual block: LoRA of queries, keys and values, and beside the MLP.

    The block is an argument, not a part: `parameters()` are the additions alone.

    Args:
        width: Of the tokens.
        rank: Of both additions.
    """

    def __init__(self, width: int, rank: int) -> None:
        super().__init__()
        self.qkv = LowRank(width, 3 * width, rank)
        self.mlp = LowRank(width, width, rank)

    def forward(self, block: nn.Module, tokens: Tensor, scales: Tensor | None = None) -> Tensor:
        """Run a block with its additions.

        Args:
            block: One of open_clip's residual blocks that `check_adaptable` lets pass.
            tokens: (batch, length, width).
            scales: (2, rank), for the channels of both additions; None scales nothing.

        Returns:
            (batch, length, width) tokens; without anything learnt, those of the block itself.
        """
        attention_scale, mlp_scale = (None, None) if scales is None else scales
        normed = block.ln_1(tokens)
        tokens = tokens + block.ls_1(_attend(block.attn, normed, self.qkv(normed, attention_scale)))
        # As in the released code, the MLP's addition reads the tokens before their LayerNorm.
        return tokens + block.ls_2(block.mlp(block.ln_2(tokens))) + self.mlp(tokens, mlp_scale)


def check_adaptable(visual: nn.Module) -> None:
    """Make sure that `BlockAdapter` knows the blocks of an image tower.

    Raises:
        BackboneError: They attend in another way than CLIP's own do.
    """
    for block in visual.transformer.resblocks:
        attention = block.attn
        if not isinstance(attention, nn.MultiheadAttention) or attention.in_proj_weight is None:
            raise BackboneError(
                f"LoRA needs blocks with CLIP's own attention, and this image tower has "
                f"{type(attention).__name__}; take a ViT such as ViT-B-32-quickgelu."
            )


def _attend(attention: nn.MultiheadAttention, tokens: Tensor, addition: Tensor) -> Tensor:
    """Attend with something added to queries, keys and values: (batch, length, 3 * width)."""
    qkv = F.linear(tokens, attention.in_proj_weight, attention.in_proj_bias) + addition
    heads = qkv.unflatten(-1, (3, attention.num_heads, -1)).permute(2, 0, 3, 1, 4)
    mixed = F.scaled_dot_product_attention(*heads)  # (batch, heads, length, head width)
    return attention.out_proj(mixed.transpose(1, 2).flatten(2))
