"""How CLIP-AT learns: triplets and class texts; fine-grained also uniform distances and shuffled tiles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from zsbir.methods.clip_at import ClipAT
from zsbir.training.methods import losses
from zsbir.training.methods.batch import Batch
from zsbir.training.methods.config import FROM_0
from zsbir.training.methods.triplet import TripletObjective, TripletTrainConfig


@dataclass(frozen=True, kw_only=True, slots=True)
class ClipATTrainConfig(TripletTrainConfig):
    """The paper's weights of its losses; 0 leaves a loss out, which is how its ablations are run.

    `classification` is lambda 1 and lambda 2 of the paper, `uniformity` lambda 3, `patch_shuffle` lambda 4.
    Where the paper leaves something open:

    * Uniformity compares the categories of a batch, each by its triplets sorted by delta; the order of
      sampling would mean nothing.
    * Tiles are moved in pixels: half a picture is 3.5 patches of 32. Each triplet draws its own moves.
    * Prompts and LayerNorms share one rate, as the paper has one (`lr`, `norm_lr`); its code has two.
    * The paper names no augmentation: `flip` and `crop` of `TrainConfig` are on.
    """

    PRESETS: ClassVar[Mapping[str, Mapping[str, object]]] = {
        # Uniformity compares categories by equally many triplets each.
        "paper/fine-grained": {"sampler": "pk"},
        "tiny": {"lr": 1e-2, "norm_lr": 6e-3, "epochs": 4},
        "tiny/fine-grained": {
            **{"sampler": "pk", "per_class": 8, "steps_per_epoch": 30},
            **{"lr": 5e-3, "norm_lr": 2e-3, "epochs": 3},
        },
    }

    RANGES: ClassVar[Mapping[str, tuple[float, float]]] = {
        **dict.fromkeys(("uniformity", "patch_shuffle", "shuffle_margin"), FROM_0),
        "tiles": (2, 16),  # a single one cannot be moved
    }

    uniformity: float = 0.1  # of L_delta; fine-grained
    patch_shuffle: float = 1.0  # of L_PS; fine-grained
    tiles: int = 2  # along a side; 3 cost the paper 1.2 points of Acc@1
    shuffle_margin: float = 0.3  # the paper does not tell it

    def __post_init__(self) -> None:
        """Refuse values that no run can be made of."""
        TripletTrainConfig.__post_init__(self)
        if self.mode == "fine-grained" and self.uniformity and self.sampler != "pk":
            raise ValueError(
                "uniformity compares categories by equally many triplets each: set sampler to 'pk', "
                "or uniformity to 0."
            )


class ClipATObjective(TripletObjective):
    """Losses of both modes; which apply is the method's mode."""

    method: ClipAT
    config: ClipATTrainConfig

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Return "triplet" and "text", and in fine-grained mode "uniformity" and "shuffle"."""
        return self._fine_grained(batch) if self.config.mode == "fine-grained" else super().losses(batch)

    def _fine_grained(self, batch: Batch) -> dict[str, Tensor]:
        """All pictures pass the one shared encoder together."""
        pictures = [batch.sketches, batch.photos, batch.negatives]
        if self.config.patch_shuffle:
            pictures += self._shuffled(batch)
        features = self.method.forward_photos(torch.cat(pictures)).chunk(len(pictures))
        sketches, photos, negatives = features[:3]
        found = self.basic_losses(sketches, photos, negatives, batch.labels)
        if self.config.uniformity:
            deltas = losses.distance(sketches, photos) - losses.distance(sketches, negatives)
            uniformity = losses.relative_uniformity(deltas, batch.labels)
            found["uniformity"] = self.config.uniformity * uniformity
        if self.config.patch_shuffle:
            anchor, alike, unlike = features[3:]
            shuffle = losses.triplet(
                losses.distance(anchor, alike), losses.distance(anchor, unlike), self.config.shuffle_margin
            )
            found["shuffle"] = self.config.patch_shuffle * shuffle
        return found

    def _shuffled(self, batch: Batch) -> list[Tensor]:
        """Sketch and photo with the same tiles moved, and the photo with others moved."""
        n = self.config.tiles
        same = losses.random_permutations(len(batch), n * n, batch.generator)
        other = losses.other_permutations(same, batch.generator)
        return [
            losses.shuffle_tiles(batch.sketches, same, n),
            losses.shuffle_tiles(batch.photos, same, n),
            losses.shuffle_tiles(batch.photos, other, n),
        ]
