"""Two rows that bound every method: a linear map on frozen features, and all weights of the image tower."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from zsbir.backbone.inside import encode_pixels
from zsbir.methods.base import MODES, Method
from zsbir.methods.config import read_choices

if TYPE_CHECKING:
    from zsbir.backbone import Backbone


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferenceConfig:
    """The choices of both; saved beside their weights."""

    mode: str = "category"

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ValueError(f"mode must be one of {MODES}, not {self.mode!r}.")


class LinearProbe(Method):
    """A learnt linear map after the frozen tower: one a modality at category level, else one for both."""

    name = "linear-probe"

    def __init__(self, backbone: Backbone, config: ReferenceConfig) -> None:
        super().__init__(backbone, config.mode)
        self.config = config
        self.photo_map = _identity(backbone.dim)
        self.sketch_map = _identity(backbone.dim) if config.mode == "category" else None

    @classmethod
    def from_config(cls, backbone: Backbone, config: Mapping[str, object]) -> LinearProbe:
        """Build it, untrained: plain CLIP."""
        return cls(backbone, read_choices(ReferenceConfig, config))

    def forward_sketches(self, pixels: Tensor, category: str | None = None) -> Tensor:
        """Map sketches to unit rows; `category` is not used."""
        return self._mapped(self.sketch_map or self.photo_map, pixels)

    def forward_photos(self, pixels: Tensor, category: str | None = None) -> Tensor:
        """Map photos to unit rows; `category` is not used."""
        return self._mapped(self.photo_map, pixels)

    def _mapped(self, learnt: nn.Linear, pixels: Tensor) -> Tensor:
        with torch.no_grad():
            features = F.normalize(encode_pixels(self.backbone.visual, pixels), dim=-1)
        return F.normalize(learnt(features).float(), dim=-1)


class FullFinetune(Method):
    """A copy of the whole image tower, for sketches and photos, of which every weight learns."""

    name = "full-finetune"

    def __init__(self, backbone: Backbone, config: ReferenceConfig) -> None:
        super().__init__(backbone, config.mode)
        self.config = config
        self.tower = copy.deepcopy(backbone.visual).requires_grad_(True)

    @classmethod
    def from_config(cls, backbone: Backbone, config: Mapping[str, object]) -> FullFinetune:
        """Build it, untrained: plain CLIP."""
        return cls(backbone, read_choices(ReferenceConfig, config))

    def forward_sketches(self, pixels: Tensor, category: str | None = None) -> Tensor:
        """Map sketches to unit rows; `category` is not used."""
        return F.normalize(encode_pixels(self.tower, pixels).float(), dim=-1)

    def forward_photos(self, pixels: Tensor, category: str | None = None) -> Tensor:
        """Map photos to unit rows, in the same way as sketches; `category` is not used."""
        return self.forward_sketches(pixels)


def _identity(dim: int) -> nn.Linear:
    linear = nn.Linear(dim, dim)
    nn.init.eye_(linear.weight)
    nn.init.zeros_(linear.bias)
    return linear
