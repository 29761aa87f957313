"""A frozen CLIP and what must be known about it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from zsbir.backbone.inside import encode_pixels

if TYPE_CHECKING:
    from collections.abc import Callable

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
        digest: "sha256:..." of the image tower's weights, as they are stored in the file.
        device: Where it runs.
        dtype: float32, or float16 on a GPU.
    """

    name: str
    model: nn.Module
    tokenizer: Callable[[list[str]], Tensor]
    preprocess: Preprocess
    digest: str
    device: torch.device
    dtype: torch.dtype = torch.float32

    @property
    def visual(self) -> nn.Module:
        """open_clip's image tower."""
        return self.model.visual

    @property
    def dim(self) -> int:
        """Size of the joint space."""
        return int(self.model.visual.output_dim)

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


def digest_tensors(tensors: dict[str, Tensor]) -> str:
    """Return "sha256:..." over names, dtypes, shapes and bytes; the order of the tensors does not matter."""
    total = hashlib.sha256()
    for name in sorted(tensors):
        tensor = tensors[name].detach().cpu().contiguous()
        total.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        total.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return f"sha256:{total.hexdigest()}"
