"""What every retrieval method can do, whatever its paper."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

import torch
from torch import Tensor, nn

from zsbir.modes import MODES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zsbir.backbone import Backbone
    from zsbir.images import Preprocess


class Method(nn.Module, ABC):
    """Sketches and photos into one space, where the inner product of unit rows ranks photos.

    Pixels are float32 of shape (batch, 3, side, side), on any device, as `zsbir.images.to_pixels` makes them
    with `preprocess`. Embeddings are float32 of shape (batch, dim), unit rows, on the backbone's device.

    A method implements `forward_sketches` and `forward_photos`, which training differentiates through;
    `embed_sketches` and `embed_photos` are the same without gradients.

    Attributes:
        name: As in `METHODS` and in a checkpoint's config.
        needs_category: Whether pictures are embedded under a category (DP-CLIP): photos under their own,
            a sketch under an assumed one. `remember` then has to be called once for each category.
        support: How many photos of a category `remember` wants; 0 where there is nothing to remember.
        reads_text: Whether embeddings pass the text tower too, so that its weights belong to the digest.
        backbone: The frozen CLIP; shared, never changed, and not part of this module's parameters.
        mode: "category" or "fine-grained", what it was trained for; None serves both.
    """

    name: ClassVar[str]
    needs_category: bool = False
    support: int = 0
    reads_text: bool = False

    def __init__(self, backbone: Backbone, mode: str | None = None) -> None:
        super().__init__()
        if mode is not None and mode not in MODES:
            raise ValueError(f"mode must be one of {MODES} or None for both, not {mode!r}.")
        # Backbone is no nn.Module, so it is not registered: state_dict() holds only what was learnt.
        self.backbone = backbone
        self.mode = mode

    @classmethod
    @abstractmethod
    def from_config(cls, backbone: Backbone, config: Mapping[str, object]) -> Method:
        """Build the method, untrained, from the "config" part of a checkpoint's `config.json`.

        Raises:
            CheckpointError: The config has unknown or missing keys.
        """

    @abstractmethod
    def forward_sketches(self, pixels: Tensor, category: str | None = None) -> Tensor:
        """Map sketches to unit rows, with gradients; `pixels` are on the backbone's device and dtype."""

    @abstractmethod
    def forward_photos(self, pixels: Tensor, category: str | None = None) -> Tensor:
        """Map photos to unit rows, with gradients; `pixels` are on the backbone's device and dtype."""

    @torch.inference_mode()
    def embed_sketches(self, pixels: Tensor, category: str | None = None) -> Tensor:
        """Embed sketches, under an assumed category if the method needs one."""
        return self.forward_sketches(self.to_backbone(pixels), category).float()

    @torch.inference_mode()
    def embed_photos(self, pixels: Tensor, category: str | None = None) -> Tensor:
        """Embed photos, under their own category if the method needs one."""
        return self.forward_photos(self.to_backbone(pixels), category).float()

    def remember(self, category: str, pixels: Tensor) -> None:
        """Learn a category from its support photos, before anything is embedded under it.

        Args:
            category: Its canonical name.
            pixels: (m, 3, side, side), m at most `support`.
        """

    def knows(self, category: str) -> bool:
        """Whether pictures can be embedded under a category now; always, where no support is needed."""
        return self.support == 0

    def export(self) -> Method:
        """Return the form that is saved in a checkpoint, evaluated and shipped.

        It embeds as this one does in evaluation mode; where training needs more than inference, it holds
        less.
        """
        return self

    def to_backbone(self, pixels: Tensor) -> Tensor:
        """Bring pixels to the device and dtype that the frozen tower works in."""
        return pixels.to(self.backbone.device, self.backbone.dtype)

    @property
    def dim(self) -> int:
        """Size of an embedding."""
        return self.backbone.dim

    @property
    def preprocess(self) -> Preprocess:
        """How pictures become the pixels that this method expects."""
        return self.backbone.preprocess

    @property
    def modes(self) -> tuple[str, ...]:
        """The modes it can serve."""
        return MODES if self.mode is None else (self.mode,)
