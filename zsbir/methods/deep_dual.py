"""Deep dual prompts, our own method: prompts in every layer, LayerNorms and a centre for each modality.

Nothing in it needs a category or the text tower. See `zsbir/training/methods/deep_dual.py` for the losses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F

from zsbir.backbone.inside import check_promptable
from zsbir.backbone.windows import WINDOWS
from zsbir.images import to_pixels
from zsbir.methods.base import MODES, Method
from zsbir.methods.config import read_config
from zsbir.methods.deep_dual_encoder import DeepEncoder, first_prompts

if TYPE_CHECKING:
    from zsbir.backbone import Backbone

STARTS = ("paper", "random")


@dataclass(frozen=True, kw_only=True, slots=True)
class DeepDualConfig:
    """The choices a checkpoint of deep dual prompts is made of; saved beside its weights."""

    mode: str = "category"
    shared: bool | None = None  # one encoder for sketches and photos; None: in fine-grained mode only
    prompts: int = 4  # learnt tokens in a layer; 0 leaves the tower as it is
    depth: int | None = None  # how many layers take prompts, from the first on; None: all
    start: str = "paper"  # prompts start as what the tower sees in empty paper, or "random"
    prompt_std: float = 0.02  # of random prompts
    adapter_rank: int = 0  # of a low-rank path beside every block; 0: none
    centred: bool = True  # subtract what all sketches have in common, and all photos
    windows: bool = False  # four overlapping corners of the picture, beside the whole
    window_weight: float = 0.2  # of each corner's cosine, where the whole picture's counts 1

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ValueError(f"mode must be one of {MODES}, not {self.mode!r}.")
        if self.shared is None:
            object.__setattr__(self, "shared", self.mode == "fine-grained")
        if self.start not in STARTS:
            raise ValueError(f"start must be one of {STARTS}, not {self.start!r}.")
        if self.prompts < 0 or self.adapter_rank < 0:
            raise ValueError(
                f"prompts and adapter_rank must not be negative, not {self.prompts} and {self.adapter_rank}."
            )
        if self.depth is not None and self.depth < 1:
            raise ValueError(f"depth must be at least 1, or null for all layers, not {self.depth}.")
        if not self.window_weight > 0:
            raise ValueError(f"window_weight must be positive, not {self.window_weight}.")


class Centre(nn.Module):
    """What all pictures of one modality have in common: a running mean, taken off before comparing.

    Sketches and photos lie apart in CLIP's space as a whole, which says nothing about what they show.

    Args:
        parts: Rows a picture has.
        dim: Of a row.
    """

    mean: Tensor

    def __init__(self, parts: int, dim: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(parts, dim))

    def forward(self, rows: Tensor) -> Tensor:
        """Map (batch, parts, dim) unit rows to centred unit rows."""
        return F.normalize(rows - self.mean.float(), dim=-1)

    @torch.no_grad()
    def follow(self, rows: Tensor, momentum: float) -> None:
        """Move the mean towards that of a batch by a share; the very first batch sets it."""
        mean = rows.mean(dim=0).to(self.mean.dtype)
        self.mean.lerp_(mean, momentum if self.mean.any() else 1.0)


class DeepDual(Method):
    """Deep dual prompts; `category` is never used.

    Class texts and the frozen tower are compared with rows that are not centred, so training takes
    `forward_sketches` apart into `sketch_rows` and `join_sketches`; the same for photos.
    """

    name = "deep-dual"

    def __init__(self, backbone: Backbone, config: DeepDualConfig) -> None:
        super().__init__(backbone, config.mode)
        check_promptable(backbone.visual)
        self.config = config
        self.parts = 1 + WINDOWS * config.windows
        self.photo_encoder = DeepEncoder(backbone.visual, config)
        # Shared: one encoder under one name, so that its weights are saved and counted once.
        self.sketch_encoder = None if config.shared else DeepEncoder(backbone.visual, config)
        # The centres are two even so: one encoder leaves the modalities apart.
        self.sketch_centre = Centre(self.parts, backbone.dim) if config.centred else None
        self.photo_centre = Centre(self.parts, backbone.dim) if config.centred else None

    @classmethod
    def from_config(cls, backbone: Backbone, config: Mapping[str, object]) -> DeepDual:
        """Build it, for weights to be loaded or `start`ed from; see `DeepDualConfig`."""
        return cls(backbone, read_config(DeepDualConfig, config))

    @torch.no_grad()
    def start(self) -> None:
        """Set the prompts to what learning starts from, which takes a pass of the frozen tower."""
        prompts = first_prompts(self.backbone.visual, self.config, self.to_backbone(self._paper()))
        for encoder in filter(None, (self.photo_encoder, self.sketch_encoder)):
            encoder.prompts.copy_(prompts)

    @property
    def dim(self) -> int:
        """Size of an embedding: the joint space, once for every part of the picture."""
        return self.parts * self.backbone.dim

    def forward_sketches(self, pixels: Tensor, category: str | None = None) -> Tensor:
        """Map sketches to unit rows."""
        return self.join_sketches(self.sketch_rows(pixels))

    def forward_photos(self, pixels: Tensor, category: str | None = None) -> Tensor:
        """Map photos to unit rows."""
        return self.join_photos(self.photo_rows(pixels))

    def sketch_rows(self, pixels: Tensor) -> Tensor:
        """Map sketches to (batch, parts, dim) float32 unit rows, not yet centred; the whole picture first."""
        return (self.sketch_encoder or self.photo_encoder)(pixels)

    def photo_rows(self, pixels: Tensor) -> Tensor:
        """Map photos to (batch, parts, dim) float32 unit rows, not yet centred; the whole picture first."""
        return self.photo_encoder(pixels)

    def join_sketches(self, rows: Tensor) -> Tensor:
        """Centre the rows of sketches, and join their parts into (batch, dim) unit rows."""
        return self._join(rows, self.sketch_centre)

    def join_photos(self, rows: Tensor) -> Tensor:
        """Centre the rows of photos, and join their parts into (batch, dim) unit rows."""
        return self._join(rows, self.photo_centre)

    def follow_centres(self, sketches: Tensor, photos: Tensor, momentum: float) -> None:
        """Let the centres follow the rows of a batch; does nothing where there are none."""
        if self.config.centred:
            self.sketch_centre.follow(sketches, momentum)
            self.photo_centre.follow(photos, momentum)

    def _paper(self) -> Tensor:
        side = self.preprocess.side
        return to_pixels(Image.new("RGB", (side, side), "white"), self.preprocess)

    def _join(self, rows: Tensor, centre: Centre | None) -> Tensor:
        """Weigh the parts so that inner products are the weighted mean of the parts' cosines."""
        rows = centre(rows) if centre else rows
        if self.parts == 1:
            return rows[:, 0]
        weight = self.config.window_weight
        total = 1 + WINDOWS * weight
        scaled = [rows[:, :1] * total**-0.5, rows[:, 1:] * (weight / total) ** 0.5]
        return torch.cat(scaled, dim=1).flatten(1)
