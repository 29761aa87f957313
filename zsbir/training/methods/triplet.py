"""Triplets and class texts: what CLIP-AT's category level learns by, and the reference rows with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from zsbir.methods import Method
from zsbir.training.methods import losses
from zsbir.training.methods.batch import Batch
from zsbir.training.methods.config import FROM_0, TrainConfig
from zsbir.training.methods.objective import Objective
from zsbir.training.methods.texts import class_texts


@dataclass(frozen=True, kw_only=True, slots=True)
class TripletTrainConfig(TrainConfig):
    """CLIP-AT's weight of the class texts; 0 leaves them out."""

    RANGES: ClassVar[Mapping[str, tuple[float, float]]] = {"classification": FROM_0}

    classification: float = 0.5  # of both text classifications, sketches' and photos'


class TripletObjective(Objective):
    """For any method; its photos and negatives pass the photo branch together."""

    config: TripletTrainConfig

    def __init__(self, method: Method, config: TripletTrainConfig, categories: list[str]) -> None:
        super().__init__(method, config, categories)
        texts = class_texts(method.backbone, categories, config.template)
        self.register_buffer("texts", texts, persistent=False)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Return "triplet" and, unless its weight is 0, "text"."""
        sketches = self.method.forward_sketches(batch.sketches)
        photos, negatives = self.method.forward_photos(torch.cat([batch.photos, batch.negatives])).chunk(2)
        return self.basic_losses(sketches, photos, negatives, batch.labels)

    def basic_losses(
        self, sketches: Tensor, photos: Tensor, negatives: Tensor, labels: Tensor
    ) -> dict[str, Tensor]:
        """Return "triplet" and "text" of (n, dim) unit rows."""
        config = self.config
        near, far = losses.distance(sketches, photos), losses.distance(sketches, negatives)
        found = {"triplet": losses.triplet(near, far, config.margin)}
        if config.classification:
            both = [
                losses.text_classification(features, self.texts, labels, config.tau)
                for features in (sketches, photos)
            ]
            found["text"] = config.classification * (both[0] + both[1])
        return found
