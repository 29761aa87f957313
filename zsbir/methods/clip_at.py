"""CLIP-AT: learnt prompts at the first layer and learnt LayerNorms (Sain et al., CVPR 2023).

Category level: a prompt and a set of LayerNorms for sketches, others for photos. Fine-grained: one of each
for both. See `zsbir/training/` for the losses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zsbir.backbone.inside import check_promptable, encode_pixels
from zsbir.backbone.tuned import TunedNorms
from zsbir.methods.base import MODES, Method
from zsbir.methods.config import read_choices

if TYPE_CHECKING:
    from zsbir.backbone import Backbone


@dataclass(frozen=True, kw_only=True, slots=True)
class ClipATConfig:
    """The choices a CLIP-AT checkpoint is made of; saved beside its weights.

    `prompts` is K of the paper, best at 3. Prompts start from N(0, `prompt_std`); the released code takes 1.
    As in that code they follow the patches, without positions, and enter before `ln_pre`; the class token is
    read. Unlike there, each modality has LayerNorms of its own at category level, as in the paper, and
    nothing but prompts and LayerNorms learns.
    """

    mode: str = "category"
    prompts: int = 3
    prompt_std: float = 0.02

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ValueError(f"mode must be one of {MODES}, not {self.mode!r}.")
        if self.prompts < 0 or self.prompt_std < 0:
            raise ValueError(
                f"prompts and prompt_std must not be negative, not {self.prompts} and {self.prompt_std}."
            )


class PromptedEncoder(nn.Module):
    """One branch: an image tower with learnt LayerNorms and learnt tokens.

    Args:
        visual: The frozen image tower.
        shape: Of the prompts: (n, width) shallow or (layers, n, width) deep.
        std: Standard deviation of their start.
    """

    def __init__(self, visual: nn.Module, shape: tuple[int, ...], std: float) -> None:
        super().__init__()
        self.prompts = nn.Parameter(std * torch.randn(shape))
        self.tuned = TunedNorms(visual)

    def forward(self, pixels: Tensor) -> Tensor:
        """Map (batch, 3, side, side) pixels to (batch, dim) float32 unit rows."""
        return F.normalize(encode_pixels(self.tuned.tower, pixels, self.prompts).float(), dim=-1)


class ClipAT(Method):
    """Shallow visual prompts; `category` is never used."""

    name = "clip-at"

    def __init__(self, backbone: Backbone, config: ClipATConfig) -> None:
        super().__init__(backbone, config.mode)
        check_promptable(backbone.visual)
        self.config = config
        shape = (config.prompts, backbone.visual.conv1.out_channels)
        self.photo_encoder = PromptedEncoder(backbone.visual, shape, config.prompt_std)
        # Fine-grained: one encoder under one name, so that its weights are saved and counted once.
        self.sketch_encoder = (
            PromptedEncoder(backbone.visual, shape, config.prompt_std) if config.mode == "category" else None
        )

    @classmethod
    def from_config(cls, backbone: Backbone, config: Mapping[str, object]) -> ClipAT:
        """Build it, untrained; see `ClipATConfig`."""
        return cls(backbone, read_choices(ClipATConfig, config))

    def forward_sketches(self, pixels: Tensor, category: str | None = None) -> Tensor:
        """Map sketches to unit rows with the sketch branch, or the shared one in fine-grained mode."""
        return (self.sketch_encoder or self.photo_encoder)(pixels)

    def forward_photos(self, pixels: Tensor, category: str | None = None) -> Tensor:
        """Map photos to unit rows with the photo branch."""
        return self.photo_encoder(pixels)
