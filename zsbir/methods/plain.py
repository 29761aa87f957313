"""Plain CLIP: the frozen image tower for sketches and photos alike, the zero-shot floor of every table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor
from torch.nn import functional as F

from zsbir.backbone.inside import encode_pixels
from zsbir.errors import CheckpointError
from zsbir.methods.base import Method

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zsbir.backbone import Backbone


class PlainCLIP(Method):
    """No prompts, nothing learnt; serves both modes."""

    name = "plain"

    @classmethod
    def from_config(cls, backbone: Backbone, config: Mapping[str, object]) -> PlainCLIP:
        """Build it; plain CLIP has no choices, so its config is empty."""
        if config:
            raise CheckpointError(
                f"Plain CLIP has no settings, and the config names {sorted(config)}; remove them."
            )
        return cls(backbone)

    def forward_sketches(self, pixels: Tensor, category: str | None = None) -> Tensor:
        """Map sketches to unit rows; `category` is not used."""
        return F.normalize(encode_pixels(self.backbone.visual, pixels).float(), dim=-1)

    def forward_photos(self, pixels: Tensor, category: str | None = None) -> Tensor:
        """Map photos to unit rows, in the same way as sketches; `category` is not used."""
        return self.forward_sketches(pixels)
