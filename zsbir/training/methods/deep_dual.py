"""How deep dual prompts learn: by contrast, by class texts, and without forgetting the frozen tower."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from zsbir.backbone.inside import encode_pixels
from zsbir.methods.deep_dual import DeepDual
from zsbir.training.methods import losses
from zsbir.training.methods.batch import Batch
from zsbir.training.methods.config import FROM_0, TrainConfig, check_template
from zsbir.training.methods.deep_dual_losses import (
    ambiguity,
    ambiguity_margin,
    augmented_view,
    consistency,
    contrast,
    right_answers,
)
from zsbir.training.methods.objective import Objective
from zsbir.training.methods.texts import class_texts

PERSON = "person"


@dataclass(frozen=True, kw_only=True, slots=True)
class DeepDualTrainConfig(TrainConfig):
    """The weights of the losses, of which 0 leaves one out, and what they need.

    `margin` is the triplet's for a sketch that is not ambiguous at all; `tau` is that of the class texts.
    Class texts and triplet are CLIP-AT's. The contrast and the consistency with the frozen tower on another
    view are CoPrompt's, with SupCon's mean over several right answers. The margin is DisAmb's: here its alpha
    is `margin`, not 1, the score enters as it is, and the frozen tower scores a view of the sketch. DisAmb's
    jigsaw and its negatives with swapped textures are left out.
    """

    PRESETS: ClassVar[Mapping[str, Mapping[str, object]]] = {
        # There is no paper: what CLIP's big towers get is what others report for such losses.
        "paper": {"lr": 1e-3, "norm_lr": 1e-5, "epochs": 10},
        "paper/fine-grained": {"sampler": "pk"},
        "tiny": {"lr": 3e-3, "norm_lr": 3e-3, "epochs": 4, "consistency": 0.0},
        "tiny/category": {"triplet": 1.0, "ambiguity_base": 0.0},
        "tiny/fine-grained": {"sampler": "pk", "per_class": 8},
    }

    RANGES: ClassVar[Mapping[str, tuple[float, float]]] = dict.fromkeys(
        ("contrast", "classification", "consistency", "consistency_tau", "triplet"), FROM_0
    )

    contrast: float = 1.0  # of sketches against photos
    contrast_tau: float = 0.07
    several: bool = True  # category: all photos of the category are right; else the own one, none other wrong
    classification: float = 0.5  # of both text classifications, sketches' and photos'
    sketch_template: str = "a photo of a {}"  # of the texts that sketches are classified by
    consistency: float = 0.5  # of both consistencies with the frozen tower, sketches' and photos'
    consistency_tau: float = 0.07  # 0: cosine distance instead of a contrast
    triplet: float = 0.5
    ambiguity_base: float = 10.0  # how fast the margin falls with a sketch's ambiguity; 0: fixed margin
    momentum: float = 0.05  # of the centres

    def __post_init__(self) -> None:
        TrainConfig.__post_init__(self)
        check_template("sketch_template", self.sketch_template)
        if self.contrast_tau <= 0:
            raise ValueError(f"contrast_tau must be over 0, not {self.contrast_tau:g}.")
        if self.ambiguity_base != 0 and self.ambiguity_base <= 1:
            raise ValueError(
                f"ambiguity_base must be over 1, or 0 for a fixed margin, not {self.ambiguity_base}."
            )
        if not any((self.contrast, self.classification, self.consistency, self.triplet)):
            raise ValueError("All losses have the weight 0; give one of them another.")
        if not 0 < self.momentum <= 1:
            raise ValueError(f"momentum must lie in (0, 1], not {self.momentum}.")


class DeepDualObjective(Objective):
    """Losses of both modes; the mode decides which photos are right answers to a sketch.

    The method's prompts start here: weights of a half trained one are loaded afterwards.
    """

    method: DeepDual
    config: DeepDualTrainConfig
    answers: Tensor
    sketch_texts: Tensor
    photo_texts: Tensor

    def __init__(self, method: DeepDual, config: DeepDualTrainConfig, categories: list[str]) -> None:
        super().__init__(method, config, categories)
        method.start()
        backbone = method.backbone
        # A person answers what none of the categories does: without it, DisAmb lost 3 points of mAP@200.
        names = categories if PERSON in categories else [*categories, PERSON]
        answers = class_texts(backbone, names, config.sketch_template)
        self.register_buffer("answers", answers, persistent=False)
        self.register_buffer("sketch_texts", answers[: len(categories)], persistent=False)
        photo_texts = class_texts(backbone, categories, config.template)
        self.register_buffer("photo_texts", photo_texts, persistent=False)
        self.scale = float(backbone.model.logit_scale.exp())  # CLIP's own, 100 in OpenAI's

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Return "contrast", "triplet", "text" and "consistency", without those of weight 0."""
        config, method = self.config, self.method
        sketches = method.sketch_rows(batch.sketches)
        both = method.photo_rows(torch.cat([batch.photos, batch.negatives]))
        photos, negatives = both[: len(batch)], both[len(batch) :]
        method.follow_centres(sketches, photos, config.momentum)
        joined = (method.join_sketches(sketches), method.join_photos(photos), method.join_photos(negatives))
        whole = (sketches.whole, photos.whole, negatives.whole)
        frozen = self._frozen(batch) if config.consistency or self._bends_margin else None
        found = {}
        if config.contrast:
            found["contrast"] = config.contrast * self._contrast(batch, *joined)
        if config.triplet:
            found["triplet"] = config.triplet * self._triplet(batch, *joined, frozen)
        if config.classification:
            found["text"] = config.classification * self._classify(batch, *whole)
        if config.consistency:
            found["consistency"] = config.consistency * self._consistency(batch, whole, frozen)
        return found

    @property
    def _bends_margin(self) -> bool:
        return bool(self.config.triplet and self.config.ambiguity_base)

    @torch.no_grad()
    def _frozen(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """What the untouched tower makes of another view of the sketches and photos: (n, dim) unit rows."""
        pixels = augmented_view(torch.cat([batch.sketches, batch.photos]), batch.generator)
        rows = encode_pixels(self.method.backbone.visual, pixels).float()
        return F.normalize(rows, dim=-1).chunk(2)

    def _contrast(self, batch: Batch, sketches: Tensor, photos: Tensor, negatives: Tensor) -> Tensor:
        right, ignored = right_answers(batch, self.config.mode, self.config.several)
        pictures = torch.cat([photos, negatives])
        n = len(batch)
        forth = contrast(sketches, pictures, right, ignored, self.config.contrast_tau)
        back = contrast(photos, sketches, right[:, :n].T, ignored[:, :n].T, self.config.contrast_tau)
        return (forth + back) / 2

    def _triplet(
        self,
        batch: Batch,
        sketches: Tensor,
        photos: Tensor,
        negatives: Tensor,
        frozen: tuple[Tensor, Tensor] | None,
    ) -> Tensor:
        margin = self.config.margin
        if self._bends_margin:
            unsure = ambiguity(frozen[0], self.answers, batch.labels, self.scale)
            margin = ambiguity_margin(unsure, self.config.margin, self.config.ambiguity_base)
        near, far = losses.distance(sketches, photos), losses.distance(sketches, negatives)
        return losses.triplet(near, far, margin)

    def _classify(self, batch: Batch, sketches: Tensor, photos: Tensor, negatives: Tensor) -> Tensor:
        tau = self.config.tau
        pictures, labels = torch.cat([photos, negatives]), torch.cat([batch.labels, batch.negative_labels])
        of_sketches = losses.text_classification(sketches, self.sketch_texts, batch.labels, tau)
        return of_sketches + losses.text_classification(pictures, self.photo_texts, labels, tau)

    def _consistency(self, batch: Batch, whole: tuple[Tensor, ...], frozen: tuple[Tensor, Tensor]) -> Tensor:
        same = batch.instances[:, None] == batch.instances
        tau = self.config.consistency_tau
        return sum(consistency(now, then, tau, same) for now, then in zip(whole, frozen, strict=False))
