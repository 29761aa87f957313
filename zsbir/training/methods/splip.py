"""How SpLIP learns: triplets with a margin from class texts, class texts, and a jigsaw across modalities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import factorial
from typing import ClassVar

import torch
from torch import Tensor

from zsbir.data import name_words
from zsbir.methods.splip import SpLIP
from zsbir.training.methods import losses
from zsbir.training.methods.batch import Batch
from zsbir.training.methods.config import FROM_0, TrainConfig
from zsbir.training.methods.objective import Objective
from zsbir.training.methods.splip_jigsaw import (
    JigsawSolver,
    conditional_jigsaw,
    far_permutations,
    tile_tokens,
)
from zsbir.training.methods.texts import class_texts

CLASS_TEXTS = ("prompted", "frozen")


@dataclass(frozen=True, kw_only=True, slots=True)
class SpLIPTrainConfig(TrainConfig):
    """The paper's losses; weight 0 or False leaves a part out, which is how its ablations are run.

    The ablations of prompts are `use_b_t`, `use_b_v` and `use_b_vt` of `SpLIPConfig`; without LayerNorms is
    `norm_lr` 0. Where the paper leaves something open:

    * Features are L2-normalised before the squared distance, which then lies in [0, 4].
    * The margin is the cosine of the frozen class texts without gradient, and at least `margin`: those of
      OpenAI's CLIP are all large, but those of zsbir-tiny are centred, and a third of its cosines negative.
    * Fine-grained, both photos are of one category, whose cosine would be 1: the margin is fixed at 0.3.
    * The text loss is the mean over sketches, photos and negatives, each against the class texts in its own
      modality's template. They are prompted by T and go through the learnt LayerNorms: in the paper's table
      T still matters where no visual prompt is left, so its text loss must see T.
    * The jigsaw solver sees tiles (mean patches of the last block), since a class token is there to forget
      where things are; "class" gives it the two embeddings. It answers among 100 far permutations.
    * alpha 1 and beta 0.1: the paper searched them and does not tell.
    * "Hinge" of the jigsaw is taken per triplet, not on means.
    * The photos that steer T in training are positives and negatives together.
    * The paper names no augmentation that could be read: `flip` and `crop` of `TrainConfig` are on.
    """

    PRESETS: ClassVar[Mapping[str, Mapping[str, object]]] = {
        "paper/fine-grained": {"margin": 0.3},
        "tiny": {"batch": 32, "lr": 2e-3, "norm_lr": 6e-3, "epochs": 3},
        "tiny/fine-grained": {"margin": 0.3, "norm_lr": 2e-3, "epochs": 2},
    }

    RANGES: ClassVar[Mapping[str, tuple[float, float]]] = dict.fromkeys(("classification", "jigsaw"), FROM_0)

    batch: int = 192
    lr: float = 1e-3
    norm_lr: float = 1e-3
    margin: float = 0.2  # the least adaptive one; with `adaptive_margin` off or fine-grained, the margin
    adaptive_margin: bool = True
    classification: float = 1.0  # alpha
    class_texts: str = "prompted"  # or "frozen": plain CLIP's, by `template`
    jigsaw: float = 0.1  # beta
    tiles: int = 3  # along a side
    permutations: int = 100
    jigsaw_reads: str = "tiles"  # or "class"

    def __post_init__(self) -> None:
        """Refuse values that no run can be made of."""
        TrainConfig.__post_init__(self)
        for name, known in (("class_texts", CLASS_TEXTS), ("jigsaw_reads", ("tiles", "class"))):
            if getattr(self, name) not in known:
                raise ValueError(f"{name} must be one of {known}, not {getattr(self, name)!r}.")
        if self.tiles not in (2, 3):
            raise ValueError(f"tiles must be 2 or 3 along a side, not {self.tiles}.")
        ways = factorial(self.tiles**2) - 1
        if not 1 < self.permutations <= ways:
            raise ValueError(
                f"permutations must be 2 to {ways}, which is what tiles allow, not {self.permutations}."
            )


class SpLIPObjective(Objective):
    """Losses of both modes, and the jigsaw solver; the method must be in its live form."""

    method: SpLIP
    config: SpLIPTrainConfig

    def __init__(self, method: SpLIP, config: SpLIPTrainConfig, categories: list[str]) -> None:
        super().__init__(method, config, categories)
        method.use_categories([name_words(category) for category in categories])
        texts = class_texts(method.backbone, categories, config.template)
        self.register_buffer("texts", texts, persistent=False)
        self.solver = self._build_solver() if config.jigsaw else None
        self._freeze_what_no_loss_sees()

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Return "triplet", and "text" and "jigsaw" where their weights are not 0."""
        config = self.config
        both = torch.cat([batch.photos, batch.negatives])
        sketch_prompts, sketch_texts = self.method.live("sketch", batch.sketches)
        photo_prompts, photo_texts = self.method.live("photo", both)
        moved, answers = self._shuffle(batch)
        drawn, drawn_patches = self.method.embed_prompted(torch.cat([batch.sketches, *moved]), sketch_prompts)
        shown, shown_patches = self.method.embed_prompted(both, photo_prompts)
        features = [drawn[: len(batch)], *shown.chunk(2)]
        found = {"triplet": self._triplet(*features, batch)}
        if config.classification:
            texts = (sketch_texts, photo_texts, photo_texts)
            found["text"] = config.classification * self._text(features, texts, batch)
        if self.solver is not None:
            sketches, shuffled = self._jigsaw_tokens(drawn, drawn_patches).chunk(2)
            photos, negatives = self._jigsaw_tokens(shown, shown_patches).chunk(2)
            jigsaw = conditional_jigsaw(self.solver, sketches, photos, negatives, shuffled, answers)
            found["jigsaw"] = config.jigsaw * jigsaw
        return found

    def parameter_groups(self) -> list[dict]:
        """Return what learns; LayerNorms that no loss sees stay out."""
        groups = super().parameter_groups()
        for group in groups:
            group["params"] = [parameter for parameter in group["params"] if parameter.requires_grad]
        return [group for group in groups if group["params"]]

    def margins(self, batch: Batch) -> Tensor | float:
        """Return the margin of each triplet, on squared distances."""
        if self.config.mode == "fine-grained" or not self.config.adaptive_margin:
            return self.config.margin
        likeness = (self.texts[batch.labels] * self.texts[batch.negative_labels]).sum(dim=-1)
        return likeness.clamp(min=self.config.margin)

    def _triplet(self, sketches: Tensor, photos: Tensor, negatives: Tensor, batch: Batch) -> Tensor:
        near, far = (2 * losses.distance(sketches, other) for other in (photos, negatives))  # |a - b|^2
        return losses.triplet(near, far, self.margins(batch))

    def _text(self, features: list[Tensor], texts: tuple[Tensor, ...], batch: Batch) -> Tensor:
        if self.config.class_texts == "frozen":
            texts = (self.texts,) * 3
        labels = (batch.labels, batch.labels, batch.negative_labels)
        terms = zip(features, texts, labels, strict=True)
        return sum(losses.text_classification(*term, self.config.tau) for term in terms) / len(labels)

    def _build_solver(self) -> JigsawSolver:
        config, visual = self.config, self.method.backbone.visual
        permutations = far_permutations(config.tiles**2, config.permutations)
        self.register_buffer("permutations", permutations, persistent=False)
        if config.jigsaw_reads == "class":
            return JigsawSolver(self.method.dim, 1, config.permutations)
        return JigsawSolver(visual.conv1.out_channels, config.tiles**2, config.permutations)

    def _shuffle(self, batch: Batch) -> tuple[list[Tensor], Tensor | None]:
        """Return the sketches with their tiles moved, and which permutation moved them."""
        if self.solver is None:
            return [], None
        answers = torch.randint(len(self.permutations), (len(batch),), generator=batch.generator)
        answers = answers.to(self.permutations.device)
        return [losses.shuffle_tiles(batch.sketches, self.permutations[answers], self.config.tiles)], answers

    def _jigsaw_tokens(self, features: Tensor, patches: Tensor) -> Tensor:
        if self.config.jigsaw_reads == "class":
            return features[:, None]
        return tile_tokens(patches, self.method.backbone.visual.grid_size, self.config.tiles)

    def _freeze_what_no_loss_sees(self) -> None:
        """Leave out of training what an ablation cuts off, so that everything that trains has a gradient."""
        live, config = self.method.live, self.config
        text_loss = bool(config.classification) and config.class_texts == "prompted"
        if not text_loss:
            live.text.tower.ln_final.requires_grad_(False)
        if not text_loss and live.b_vt is None:
            for part in (live.text, live.b_t):
                if part is not None:
                    part.requires_grad_(False)
