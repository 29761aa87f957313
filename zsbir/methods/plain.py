"""Plain CLIP: the frozen image tower for sketches and photos alike, the zero-shot floor of every table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional as F

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

    @torch.inference_mode()
    def embed_sketches(self, pixels: Tensor, category: str | None = None) -> Tensor:
        """Embed sketches; `category` is not used."""
        return F.normalize(self.backbone.encode_image(pixels), dim=-1)

    def embed_photos(self, pixels: Tensor, category: str | None = None) -> Tensor:
        """Embed photos, in the same way as sketches; `category` is not used."""
        return self.embed_sketches(pixels)
