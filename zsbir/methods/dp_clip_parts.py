"""The three new modules of DP-CLIP: prompts out of photos, scales out of a name, features out of windows."""

from __future__ import annotations

import copy
import math

import torch
from torch import Tensor, nn

from zsbir.backbone.adapted import BlockAdapter
from zsbir.backbone.tuned import TunedNorms
from zsbir.backbone.windows import corner_windows
from zsbir.errors import BackboneError


class PromptGenerator(nn.Module):
    """V-Prompt: seeds that look at the support photos of a category and become the prompts of all layers.

    One linear map and one transformer block serve all layers; only the seeds are each layer's own, which is
    what the paper's parameter count says.

    Args:
        visual: The frozen image tower: sizes, and the shape of the block.
        prompts: Tokens a layer.
        dropout: Of the mapped seeds, in training only.
    """

    def __init__(self, visual: nn.Module, prompts: int, dropout: float) -> None:
        super().__init__()
        blocks, width = visual.transformer.resblocks, visual.conv1.out_channels
        bound = math.sqrt(6 / (3 * math.prod(visual.conv1.kernel_size) + width))
        self.seeds = nn.Parameter(torch.empty(len(blocks), prompts, width).uniform_(-bound, bound))
        self.project = nn.Linear(width, width)
        self.dropout = nn.Dropout(dropout)
        self.block = _untrained(blocks[0])

    def forward(self, support: Tensor) -> Tensor:
        """Make the prompts of a category.

        Args:
            support: (m, 1 + patches, width) tokens of its photos, before `ln_pre`.

        Returns:
            (layers, prompts, width) deep prompts, as `run_blocks` takes them.
        """
        seeds = self.dropout(self.project(self.seeds))
        seen = support.to(seeds.dtype).flatten(0, 1).expand(len(seeds), -1, -1)
        return self.block(torch.cat([seeds, seen], dim=1))[:, : seeds.shape[1]]


class ChannelScales(nn.Module):
    """T-Prompt: a small network a layer, from the text of a category to the scales of the layer's LoRA.

    Args:
        layers: Of the image tower.
        dim: Of the text feature, and of the hidden layer.
        rank: Of the LoRA.
    """

    def __init__(self, layers: int, dim: int, rank: int) -> None:
        super().__init__()
        self.networks = nn.ModuleList(
            nn.Sequential(nn.Linear(dim, dim), nn.ReLU(), nn.Linear(dim, 2 * rank)) for _ in range(layers)
        )
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, std=0.01)
                nn.init.zeros_(module.bias)

    def forward(self, text: Tensor) -> Tensor:
        """Map a (dim,) text feature to (layers, 2, rank) scales, for `BlockAdapter`."""
        text = text.to(self.networks[0][0].weight.dtype)
        return torch.stack([network(text).view(2, -1) for network in self.networks])


class LocalHead(nn.Module):
    """Features of four overlapping windows, one at each corner, through a copy of the last block.

    The block's matrices are the frozen ones; its LayerNorms and its LoRA are the head's own, and so are a
    LayerNorm and a projection a window, which start as those of the whole picture.

    Args:
        visual: The frozen image tower.
        rank: Of the LoRA.

    Raises:
        BackboneError: The tower does not read its class token.
    """

    def __init__(self, visual: nn.Module, rank: int) -> None:
        super().__init__()
        if visual.pool_type != "tok":
            raise BackboneError(
                f"DP-CLIP's local features read the class token, and this image tower pools by "
                f"{visual.pool_type!r}; set local_features to false, or take ViT-B-32-quickgelu."
            )
        windows = corner_windows(visual.grid_size)
        self.tuned = TunedNorms(visual.transformer.resblocks[-1])
        self.adapter = BlockAdapter(visual.conv1.out_channels, rank)
        self.norms = nn.ModuleList(copy.deepcopy(visual.ln_post).requires_grad_(True) for _ in windows)
        self.proj = nn.Parameter(visual.proj.detach().repeat(len(windows), 1, 1))
        self.register_buffer("windows", windows, persistent=False)

    def forward(self, tokens: Tensor, scales: Tensor | None = None) -> Tensor:
        """Read each window.

        Args:
            tokens: (batch, 1 + patches [+ n], width), as they enter the last block; prompts are not read.
            scales: (2, rank) of the last layer, or None.

        Returns:
            (batch, 4, dim) features before L2 normalisation.
        """
        crops = tokens[:, self.windows].flatten(0, 1)  # (batch * 4, 1 + patches of a window, width)
        read = self.adapter(self.tuned.tower, crops, scales)[:, 0].unflatten(0, (-1, len(self.norms)))
        features = [norm(read[:, i]) @ self.proj[i] for i, norm in enumerate(self.norms)]
        return torch.stack(features, dim=1)


def _untrained(block: nn.Module) -> nn.Module:
    """Return a block of the same shape that starts almost as the identity: N(0, 0.002), truncated."""
    fresh = copy.deepcopy(block).float().requires_grad_(True)
    for module in fresh.modules():
        if isinstance(module, nn.LayerNorm):
            module.reset_parameters()
        elif isinstance(module, nn.Linear):
            nn.init.trunc_normal_(module.weight, std=0.002)
            nn.init.zeros_(module.bias)
        elif isinstance(module, nn.MultiheadAttention):
            nn.init.trunc_normal_(module.in_proj_weight, std=0.002)
            nn.init.zeros_(module.in_proj_bias)
    return fresh
