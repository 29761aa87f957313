"""How DP-CLIP learns: triplets within one category, whose negatives become the hardest of the batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from zsbir.errors import DataError
from zsbir.methods.dp_clip import DPCLIP, Context
from zsbir.training.methods import losses
from zsbir.training.methods.batch import Batch
from zsbir.training.methods.config import FROM_0, TrainConfig
from zsbir.training.methods.objective import Objective

STAGES = 6  # of the curriculum: the paper's weight changes every 10 of its 60 epochs


@dataclass(frozen=True, kw_only=True, slots=True)
class DPCLIPTrainConfig(TrainConfig):
    """The released code's recipe, with one distance, 1 - cos, in both losses.

    Its hard loss is taken on (1 - cos) / 2 with the margin 0.15, which is half the loss on 1 - cos with the
    margin 0.3: set `hard_margin` to 0.3 for that strictness. The curriculum's weight w grows by `hard_rise`
    after every sixth of the epochs. The paper's ends at 1.25, so that in the last sixth the given triplets
    count -0.25; the tiny preset ends at 1.

    * The hard negative is the nearer of the triplet's own one and the hardest photo of the batch, for the
      whole picture and for each window by itself; a photo of the same instance (category level: of the same
      category) is none.
    * Support photos are drawn at random for every batch, from all training photos of its category, so they
      may be among its triplets; afterwards they are fixed.
    * Sketch, photo and negative are mirrored together (`flip`); the released code leaves the negative as it
      is, which tells it from the positive. Its rotations by up to 30 degrees and its grey photos are left
      out, and photos are cropped instead (`crop`).
    """

    PRESETS: ClassVar[Mapping[str, Mapping[str, object]]] = {
        "paper/category": {"sampler": "random", "support": 0},
        "tiny": {
            **{"lr": 3e-3, "norm_lr": 1e-2, "margin": 0.3, "hard_margin": 0.3},
            **{"hard_most": 1.0, "epochs": 2},
        },
        "tiny/category": {"sampler": "random", "support": 0},
    }

    RANGES: ClassVar[Mapping[str, tuple[float, float]]] = dict.fromkeys(
        ("local_loss", "hard_margin", "hard_rise", "hard_most"), FROM_0
    )

    mode: str = "fine-grained"
    sampler: str = "single-category"
    support: int = 2
    lr: float = 1e-5
    norm_lr: float = 1e-6
    margin: float = 0.15
    hard_margin: float = 0.15
    local_loss: float = 0.1  # of each window beside the whole picture
    hard_rise: float = 0.25
    hard_most: float = 1.25


class DPCLIPObjective(Objective):
    """(1 - w) * triplets as they come + w * triplets with the hardest negative, w growing with the epochs."""

    method: DPCLIP
    config: DPCLIPTrainConfig

    def __init__(self, method: DPCLIP, config: DPCLIPTrainConfig, categories: list[str]) -> None:
        super().__init__(method, config, categories)
        self.hardness = 0.0

    def start_epoch(self, epoch: int, epochs: int) -> None:
        """Set the weight of the hard triplets: 0, 0.25, 0.5 ... by sixths of the run."""
        self.hardness = min(self.config.hard_most, self.config.hard_rise * (STAGES * epoch // epochs))

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Return "triplet" and "hard"; the category is worked out anew, so that its prompts learn.

        Raises:
            DataError: The method adapts to categories, and the batch does not tell its own.
        """
        pictures = torch.cat([batch.sketches, batch.photos, batch.negatives])
        sketches, photos, negatives = self.method.embed_parts(pictures, self._context(batch)).chunk(3)
        near, far = losses.distance(sketches, photos), losses.distance(sketches, negatives)
        alike = batch.labels if self.config.mode == "category" else batch.instances
        hard = torch.minimum(far, hardest(sketches, photos, alike[:, None] == alike))
        return {
            "triplet": (1 - self.hardness) * self._triplets(near, far, self.config.margin),
            "hard": self.hardness * self._triplets(near, hard, self.config.hard_margin),
        }

    def _context(self, batch: Batch) -> Context:
        method = self.method
        if not method.needs_category:
            return method.context()
        if batch.category is None or (method.support and batch.support is None):
            raise DataError(
                "DP-CLIP learns from batches of one category with support photos of it: set sampler to "
                f"'single-category' and support to {method.config.support}."
            )
        return method.context(batch.category, batch.support)

    def _triplets(self, near: Tensor, far: Tensor, margin: float) -> Tensor:
        """Weigh the triplet losses of the parts; distances are (n, parts)."""
        whole, *windows = (losses.triplet(near[:, i], far[:, i], margin) for i in range(near.shape[1]))
        return whole + self.config.local_loss * sum(windows)


def hardest(sketches: Tensor, photos: Tensor, alike: Tensor) -> Tensor:
    """Return each sketch's distance to the nearest photo that does not answer it, part by part.

    Args:
        sketches: (n, parts, dim) unit rows.
        photos: The same, of the photos that answer them.
        alike: (n, n) bool, True where photo j answers sketch i too.

    Returns:
        (n, parts) distances 1 - cos; infinite where every photo answers.
    """
    distances = 1 - torch.einsum("ipd,jpd->ijp", sketches, photos)
    return distances.masked_fill(alike[..., None], torch.inf).amin(dim=1)
