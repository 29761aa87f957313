"""The encoder of deep dual prompts: a frozen image tower, and all that may be learnt inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zsbir.backbone.inside import patch_tokens, read_class_token, run_blocks
from zsbir.backbone.tuned import TunedNorms
from zsbir.backbone.windows import WINDOWS, corner_windows
from zsbir.errors import BackboneError

if TYPE_CHECKING:
    from zsbir.methods.deep_dual import DeepDualConfig


class LowRankPath(nn.Module):
    """What a block may add to its tokens through a few directions; nothing at first.

    It reads normalised tokens: some channels of CLIP's residual stream are a hundred times the others.
    """

    def __init__(self, width: int, rank: int) -> None:
        super().__init__()
        self.down = nn.Linear(width, rank)
        self.up = nn.Linear(rank, width)
        nn.init.zeros_(self.up.weight)
        nn.init.zeros_(self.up.bias)

    def forward(self, tokens: Tensor) -> Tensor:
        """Map (batch, tokens, width) to the same shape."""
        return self.up(F.gelu(self.down(F.layer_norm(tokens, tokens.shape[-1:]))))


class DeepEncoder(nn.Module):
    """An image tower with prompts in its layers, LayerNorms of its own and, if wanted, low-rank paths.

    Args:
        visual: The frozen image tower.
        config: The prompts, the rank of the paths, and whether there are windows.

    Raises:
        BackboneError: The tower has fewer layers than are to take prompts.
    """

    def __init__(self, visual: nn.Module, config: DeepDualConfig) -> None:
        super().__init__()
        width, layers = visual.conv1.out_channels, len(visual.transformer.resblocks)
        # What learning starts from takes a pass of the tower, see `first_prompts`; what is loaded needs none.
        self.prompts = nn.Parameter(torch.zeros(prompted_layers(visual, config), config.prompts, width))
        self.tuned = TunedNorms(visual)
        ranks = [config.adapter_rank] * layers if config.adapter_rank else []
        self.paths = nn.ModuleList(LowRankPath(width, rank) for rank in ranks)
        windows = corner_windows(visual.grid_size) if config.windows else None
        self.register_buffer("windows", windows, persistent=False)

    def forward(self, pixels: Tensor) -> Tensor:
        """Map (batch, 3, side, side) pixels to (batch, parts, dim) float32 unit rows, the whole first."""
        visual = self.tuned.tower
        entering = image = visual._embeds(pixels)

        def run(depth: int, block: nn.Module, tokens: Tensor) -> Tensor:
            nonlocal entering
            entering = tokens  # in the end, what entered the last block
            return self._run(depth, block, tokens)

        tokens = run_blocks(visual, image, self.prompts, run=run)
        parts = read_class_token(visual, tokens)[:, None]
        if self.windows is not None:
            parts = torch.cat([parts, self._look_closer(entering, tokens.shape[1])], dim=1)
        return F.normalize(parts.float(), dim=-1)

    def _run(self, depth: int, block: nn.Module, tokens: Tensor) -> Tensor:
        return block(tokens) + self.paths[depth](tokens) if self.paths else block(tokens)

    def _look_closer(self, tokens: Tensor, kept: int) -> Tensor:
        """Run the last block again over the tokens of each window alone, and the prompts.

        Args:
            tokens: (batch, kept + prompts, width), what enters the last block.
            kept: Class token and patches.

        Returns:
            (batch, windows, dim) features before L2 normalisation.
        """
        visual = self.tuned.tower
        last = len(visual.transformer.resblocks) - 1
        prompts = torch.arange(kept, tokens.shape[1], device=tokens.device).expand(WINDOWS, -1)
        close = tokens[:, torch.cat([self.windows, prompts], dim=1)].flatten(0, 1)
        close = self._run(last, visual.transformer.resblocks[last], close)[:, : self.windows.shape[1]]
        return read_class_token(visual, close).unflatten(0, (len(tokens), WINDOWS))


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
