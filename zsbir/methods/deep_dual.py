"""Deep dual prompts, our own method: prompts in every layer, LayerNorms and a centre for each modality.

Nothing in it needs a category or the text tower. See `zsbir/training/methods/deep_dual.py` for the losses.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from zsbir.backbone.inside import check_promptable
from zsbir.images import to_pixels
from zsbir.methods.base import MODES, Method
from zsbir.methods.config import read_choices
from zsbir.methods.deep_dual_centres import Centres
from zsbir.methods.deep_dual_encoder import DeepEncoder, Rows, first_prompts

if TYPE_CHECKING:
    from zsbir.backbone import Backbone

STARTS = ("paper", "random")
LAYOUT = 32  # numbers for a cell, where there is a layout


@dataclass(frozen=True, kw_only=True, slots=True)
class DeepDualConfig:
    """The choices a checkpoint of deep dual prompts is made of; saved beside its weights.

    There is no paper. Where the ideas come from: prompts in every layer from VPT-Deep, an encoder for each
    modality from CLIP-AT, `biases` from BitFit, a vector of each modality to subtract (`centred`) from MARL.
    Prompts of empty paper (`start`) and the `layout` are ours.
    """

    mode: str = "category"
    shared: bool | None = None  # one encoder for sketches and photos; None: in fine-grained mode only
    prompts: int = 4  # learnt tokens in a layer; 0 leaves the tower as it is
    depth: int | None = None  # how many layers take prompts, from the first on; None: all
    start: str = "paper"  # prompts start as what the tower sees in empty paper, or "random"
    prompt_std: float = 0.02  # of random prompts
    biases: bool = True  # of all layers learn too, beside those of LayerNorms
    centred: bool = True  # subtract what all sketches have in common, and all photos
    layout: int | None = None  # numbers that describe each cell; None: 32 in fine-grained mode, else 0: none
    layout_weight: float = 0.5  # of the cells' mean cosine in the whole score

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ValueError(f"mode must be one of {MODES}, not {self.mode!r}.")
        if self.shared is None:
            object.__setattr__(self, "shared", self.mode == "fine-grained")
        if self.layout is None:
            object.__setattr__(self, "layout", LAYOUT if self.mode == "fine-grained" else 0)
        if self.start not in STARTS:
            raise ValueError(f"start must be one of {STARTS}, not {self.start!r}.")
        if self.prompts < 0 or self.layout < 0:
            raise ValueError(
                f"prompts and layout must not be negative, not {self.prompts} and {self.layout}."
            )
        if self.depth is not None and self.depth < 1:
            raise ValueError(f"depth must be at least 1, or null for all layers, not {self.depth}.")
        if not 0 < self.layout_weight < 1:
            raise ValueError(f"layout_weight must lie between 0 and 1, not {self.layout_weight}.")


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
        self.photo_encoder = DeepEncoder(backbone.visual, config)
        # Shared: one encoder under one name, so that its weights are saved and counted once.
        self.sketch_encoder = None if config.shared else DeepEncoder(backbone.visual, config)
        # The centres are two even so: one encoder leaves the modalities apart.
        self.cells = self.photo_encoder.layout.shape if config.layout else None
        self.sketch_centres = Centres(backbone.dim, self.cells) if config.centred else None
        self.photo_centres = Centres(backbone.dim, self.cells) if config.centred else None

    @classmethod
    def from_config(cls, backbone: Backbone, config: Mapping[str, object]) -> DeepDual:
        """Build it, for weights to be loaded or `start`ed from; see `DeepDualConfig`."""
        return cls(backbone, read_choices(DeepDualConfig, config))

    @torch.no_grad()
    def start(self) -> None:
        """Set the prompts to what learning starts from, which takes a pass of the frozen tower."""
        prompts = first_prompts(self.backbone.visual, self.config, self.to_backbone(self._paper()))
        for encoder in filter(None, (self.photo_encoder, self.sketch_encoder)):
            encoder.prompts.copy_(prompts)

    @property
    def dim(self) -> int:
        """Size of an embedding: the joint space, and the layout's cells."""
        return self.backbone.dim + (math.prod(self.cells) if self.cells else 0)

    def forward_sketches(self, pixels: Tensor, category: str | None = None) -> Tensor:
        """Map sketches to unit rows."""
        return self.join_sketches(self.sketch_rows(pixels))

    def forward_photos(self, pixels: Tensor, category: str | None = None) -> Tensor:
        """Map photos to unit rows."""
        return self.join_photos(self.photo_rows(pixels))

    def sketch_rows(self, pixels: Tensor) -> Rows:
        """Map sketches to their rows, not yet centred."""
        return (self.sketch_encoder or self.photo_encoder)(pixels)

    def photo_rows(self, pixels: Tensor) -> Rows:
        """Map photos to their rows, not yet centred."""
        return self.photo_encoder(pixels)

    def join_sketches(self, rows: Rows) -> Tensor:
        """Centre the rows of sketches, and join their parts into (batch, dim) unit rows."""
        return self._join(rows, self.sketch_centres)

    def join_photos(self, rows: Rows) -> Tensor:
        """Centre the rows of photos, and join their parts into (batch, dim) unit rows."""
        return self._join(rows, self.photo_centres)

    def follow_centres(self, sketches: Rows, photos: Rows, momentum: float) -> None:
        """Let the centres follow the rows of a batch; does nothing where there are none."""
        if self.config.centred:
            self.sketch_centres.follow(sketches, momentum)
            self.photo_centres.follow(photos, momentum)

    def _paper(self) -> Tensor:
        side = self.preprocess.side
        return to_pixels(Image.new("RGB", (side, side), "white"), self.preprocess)

    def _join(self, rows: Rows, centres: Centres | None) -> Tensor:
        """Weigh the parts so that inner products are the weighted mean of the parts' cosines."""
        rows = centres(rows) if centres else Rows(rows.whole, _unit(rows.cells))
        if rows.cells is None:
            return rows.whole
        weight, cells = self.config.layout_weight, rows.cells.shape[1]
        whole = rows.whole * (1 - weight) ** 0.5
        return torch.cat([whole, rows.cells.flatten(1) * (weight / cells) ** 0.5], dim=1)


def _unit(rows: Tensor | None) -> Tensor | None:
    return None if rows is None else F.normalize(rows, dim=-1)
