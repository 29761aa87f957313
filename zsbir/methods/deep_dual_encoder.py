"""The encoder of deep dual prompts: a frozen image tower, and all that may be learnt inside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zsbir.backbone.inside import patch_tokens, read_class_token, run_blocks
from zsbir.backbone.tuned import TunedNorms
from zsbir.errors import BackboneError
from zsbir.methods.deep_dual_layout import Layout, depth_of

if TYPE_CHECKING:
    from zsbir.methods.deep_dual import DeepDualConfig


@dataclass(frozen=True)
class Rows:
    """What an encoder makes of pictures, before centring.

    Attributes:
        whole: (batch, dim) float32 unit rows.
        cells: (batch, cells, size) float32 descriptions of the layout's cells, or None.
    """

    whole: Tensor
    cells: Tensor | None = None

    def __getitem__(self, rows: slice) -> Rows:
        """Return some of the pictures."""
        return Rows(self.whole[rows], None if self.cells is None else self.cells[rows])


class DeepEncoder(nn.Module):
    """An image tower with prompts in its layers, LayerNorms and biases of its own.

    Args:
        visual: The frozen image tower.
        config: The prompts, and what may be learnt beside them and LayerNorms.

    Raises:
        BackboneError: The tower has fewer layers than are to take prompts.
    """

    def __init__(self, visual: nn.Module, config: DeepDualConfig) -> None:
        super().__init__()
        width = visual.conv1.out_channels
        # What learning starts from takes a pass of the tower, see `first_prompts`; what is loaded needs none.
        self.prompts = nn.Parameter(torch.zeros(prompted_layers(visual, config), config.prompts, width))
        self.tuned = TunedNorms(visual, biases=config.biases)
        self.layout = Layout(width, visual.grid_size, config.layout) if config.layout else None

    def forward(self, pixels: Tensor) -> Rows:
        """Map (batch, 3, side, side) pixels to their rows."""
        visual = self.tuned.tower
        image = visual._embeds(pixels)
        read = depth_of(len(visual.transformer.resblocks))
        seen = image

        def run(depth: int, block: nn.Module, tokens: Tensor) -> Tensor:
            nonlocal seen
            tokens = block(tokens)
            seen = tokens if depth + 1 == read else seen
            return tokens

        tokens = run_blocks(visual, image, self.prompts, run=run)
        whole = F.normalize(read_class_token(visual, tokens).float(), dim=-1)
        if self.layout is None:
            return Rows(whole)
        return Rows(whole, self.layout(seen[:, 1 : image.shape[1]]).float())


@torch.no_grad()
def first_prompts(visual: nn.Module, config: DeepDualConfig, paper: Tensor) -> Tensor:
    """Make the prompts that learning starts from.

    Random ones draw attention, however small they are: with four in a layer, the features of photos by
    zsbir-tiny start at a cosine of 0.86 to plain CLIP's. Tokens that the tower itself makes of empty paper
    do what paper does, which is next to nothing (0.998), and learning starts from plain CLIP.

    Args:
        visual: The frozen image tower.
        config: How many prompts, in how many layers, and whether they are "paper" or "random".
        paper: (1, 3, side, side) pixels of an empty white picture.

    Returns:
        (depth, prompts, width) float32.
    """
    depth = prompted_layers(visual, config)
    if config.start == "random":
        shape = (depth, config.prompts, visual.conv1.out_channels)
        return config.prompt_std * torch.randn(shape, device=paper.device)
    entering = []

    def run(_: int, block: nn.Module, tokens: Tensor) -> Tensor:
        entering.append(tokens)
        return block(tokens)

    run_blocks(visual, visual._embeds(paper), stop=depth, run=run)
    entering[0] = patch_tokens(visual, paper)  # the first layer's prompts pass ln_pre on their own
    places = torch.linspace(1, entering[0].shape[1] - 1, config.prompts).round().long()
    return torch.stack([tokens[0, places] for tokens in entering]).float()


def prompted_layers(visual: nn.Module, config: DeepDualConfig) -> int:
    """Return how many layers take prompts.

    Raises:
        BackboneError: The tower has fewer.
    """
    layers = len(visual.transformer.resblocks)
    depth = layers if config.depth is None else config.depth
    if depth > layers:
        raise BackboneError(
            f"The image tower has {layers} layers, and prompts are to enter {depth}; "
            f"set depth to {layers} or less, or to null for all."
        )
    return depth
