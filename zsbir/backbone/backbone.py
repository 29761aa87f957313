"""A frozen CLIP and what must be known about it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from zsbir.backbone.digest import digest_tensors, join_digests, text_weights
from zsbir.backbone.inside import encode_pixels

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torch import nn

    from zsbir.images import Preprocess


@dataclass(frozen=True)
class Backbone:
    """A frozen CLIP out of open_clip; its parameters never change, so it may be shared.

    Attributes:
        name: "zsbir-tiny" or open_clip's name, with the weights' tag: "ViT-B-32-quickgelu/openai".
        model: open_clip's `CLIP`, in evaluation mode, without gradients.
        tokenizer: texts -> (n, context) int64.
        preprocess: Side, mean and std of the pixels it expects.
        digest: "sha256:..." of the image tower, as its files describe it; see `zsbir.backbone.digest`.
        device: Where it runs.
        dtype: float32, float16 or bfloat16.
        hash_text: Names the text tower of the files; None takes the weights in memory.
        folder: Where its files lie; None for one that has none.
    """

    name: str
    model: nn.Module
    tokenizer: Callable[[list[str]], Tensor]
    preprocess: Preprocess
    digest: str
    device: torch.device
    dtype: torch.dtype = torch.float32
    hash_text: Callable[[], str] | None = None
    folder: Path | None = None

    @property
    def visual(self) -> nn.Module:
        """open_clip's image tower."""
        return self.model.visual

    @property
    def dim(self) -> int:
        """Size of the joint space."""
        return int(self.model.visual.output_dim)

    @cached_property
    def text_digest(self) -> str:
        """The text tower's "sha256:..."; worked out when first asked for: most methods read no text."""
        if self.hash_text is None:
            return digest_tensors(text_weights(self.model.state_dict()))
        return self.hash_text()

    def digest_of(self, *, text: bool) -> str:
        """Name what embeddings depend on: the image tower, and the text tower where texts are read."""
        return join_digests(self.digest, self.text_digest) if text else self.digest

    def encode_image(self, pixels: Tensor, prompts: Tensor | None = None) -> Tensor:
        """Encode a batch of pictures; see `zsbir.backbone.inside.encode_pixels`.

        Args:
            pixels: (batch, 3, side, side) float32 on any device, as `zsbir.images.to_pixels` makes them.
            prompts: Learnt tokens, or None for plain CLIP.

        Returns:
            (batch, dim) float32 features on the backbone's device, before L2 normalisation.
        """
        pixels = pixels.to(self.device, self.dtype)
        return encode_pixels(self.visual, pixels, prompts).float()

    def encode_text(self, texts: list[str]) -> Tensor:
        """Encode texts with the text tower.

        Returns:
            (texts, dim) float32 features on the backbone's device, before L2 normalisation.
        """
        return self.model.encode_text(self.tokenizer(texts).to(self.device)).float()
