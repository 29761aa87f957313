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
from zsbir.training.methods.config import TrainConfig
from zsbir.training.methods.objective import Objective
from zsbir.training.methods.texts import class_texts


@dataclass(frozen=True, kw_only=True, slots=True)
class ClipATTrainConfig(TrainConfig):
    """The paper's weights of its losses; 0 leaves a loss out, which is how its ablations are run."""

    PRESETS: ClassVar[Mapping[str, Mapping[str, object]]] = {
        # Uniformity compares categories by equally many triplets each.
        "paper/fine-grained": {"sampler": "pk"},
        "tiny": {"lr": 2e-3, "norm_lr": 5e-4},
        "tiny/fine-grained": {"sampler": "pk", "per_class": 8},
    }

    classification: float = 0.5  # of both text classifications, sketches' and photos'
    uniformity: float = 0.1  # of L_delta; fine-grained
    patch_shuffle: float = 1.0  # of L_PS; fine-grained
    tiles: int = 2  # along a side; 3 cost the paper 1.2 points of Acc@1
    shuffle_margin: float = 0.3  # the paper does not tell it


class ClipATObjective(Objective):
    """Losses of both modes; which apply is the method's mode."""

    method: ClipAT
    config: ClipATTrainConfig

    def __init__(self, method: ClipAT, config: ClipATTrainConfig, categories: list[str]) -> None:
        super().__init__(method, config, categories)
        texts = class_texts(method.backbone, categories, config.template)
        self.register_buffer("texts", texts, persistent=False)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Return "triplet" and "text", and in fine-grained mode "uniformity" and "shuffle"."""
        return self._fine_grained(batch) if self.config.mode == "fine-grained" else self._category(batch)

    def _category(self, batch: Batch) -> dict[str, Tensor]:
        sketches = self.method.forward_sketches(batch.sketches)
        photos, negatives = self.method.forward_photos(torch.cat([batch.photos, batch.negatives])).chunk(2)
        return self._common(sketches, photos, negatives, batch.labels)

    def _fine_grained(self, batch: Batch) -> dict[str, Tensor]:
        """All pictures pass the one shared encoder together."""
        pictures = [batch.sketches, batch.photos, batch.negatives]
        if self.config.patch_shuffle:
            pictures += self._shuffled(batch)
        features = self.method.forward_photos(torch.cat(pictures)).chunk(len(pictures))
        sketches, photos, negatives = features[:3]
        found = self._common(sketches, photos, negatives, batch.labels)
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

    def _common(
        self, sketches: Tensor, photos: Tensor, negatives: Tensor, labels: Tensor
    ) -> dict[str, Tensor]:
        config = self.config
        apart = losses.distance(sketches, negatives)
        found = {"triplet": losses.triplet(losses.distance(sketches, photos), apart, config.margin)}
        if config.classification:
            both = [
                losses.text_classification(features, self.texts, labels, config.tau)
                for features in (sketches, photos)
            ]
            found["text"] = config.classification * (both[0] + both[1])
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
