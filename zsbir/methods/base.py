"""What every retrieval method can do, whatever its paper."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zsbir.backbone import Backbone
    from zsbir.images import Preprocess

MODES = ("category", "fine-grained")


class Method(nn.Module, ABC):
    """Sketches and photos into one space, where the inner product of unit rows ranks photos.

    Pixels are float32 of shape (batch, 3, side, side), on any device, as `zsbir.images.to_pixels` makes them
    with `preprocess`. Embeddings are float32 of shape (batch, dim), unit rows, on the backbone's device.

    Attributes:
        name: As in `METHODS` and in a checkpoint's config.
        needs_category: Whether a sketch is embedded under an assumed category (DP-CLIP). Photos are then
            embedded under their own.
        backbone: The frozen CLIP; shared, never changed, and not part of this module's parameters.
        mode: "category" or "fine-grained", what it was trained for; None serves both.
    """

    name: ClassVar[str]
    needs_category: ClassVar[bool] = False

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
    def embed_sketches(self, pixels: Tensor, category: str | None = None) -> Tensor:
        """Embed sketches, under an assumed category if the method needs one."""

    @abstractmethod
    def embed_photos(self, pixels: Tensor, category: str | None = None) -> Tensor:
        """Embed photos, under their own category if the method needs one."""

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
