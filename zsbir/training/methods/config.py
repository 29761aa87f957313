"""The choices of a training run that all methods share."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from zsbir.methods.base import MODES
from zsbir.training.precision import PRECISIONS

SAMPLERS = ("random", "pk", "single-category")
SCHEDULES = ("constant", "cosine")
PRESETS = ("paper", "tiny")
FROM_0, FROM_1 = (0, math.inf), (1, math.inf)


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainConfig:
    """Recipe and seed of one run; saved beside the weights. A method's own config inherits from it.

    The defaults are a paper's, but for what a paper leaves out: the papers of CLIP-AT and SpLIP name no
    augmentation, and here `flip` and `crop` are on and strokes come in `variants`, under "paper" too;
    `held_out_categories` of the seen ones select the checkpoint, where DP-CLIP's code takes the test set;
    `tau`, which no paper tells, is 0.07 and not CLIP's 0.01.

    `PRESETS` changes the defaults: under "paper", "tiny", "paper/fine-grained" and so on, from the general to
    the special; a subclass adds its own table and needs to name only what differs. `RANGES` says where each
    number must lie, the ends included; a subclass adds those of its own. One with other checks calls
    `TrainConfig.__post_init__(self)`: `super()` does not work in dataclasses with slots.
    """

    PRESETS: ClassVar[Mapping[str, Mapping[str, object]]] = {
        "tiny": {
            **{"epochs": 10, "steps_per_epoch": 40, "batch": 32, "schedule": "cosine", "warmup": 20},
            "balance": 0.5,
            **{"turn": 0.1, "warp": 0.06, "pen": 0.7},
        }
    }
    RANGES: ClassVar[Mapping[str, tuple[float, float]]] = {
        **dict.fromkeys(("epochs", "batch", "dev_sketches", "dev_photos", "save_every"), FROM_1),
        "seed": (0, 2**32 - 1),
        **dict.fromkeys(("steps", "steps_per_epoch", "limit", "evaluate_every"), FROM_0),
        **dict.fromkeys(("support", "warmup", "variants", "held_out_categories"), FROM_0),
        **dict.fromkeys(("weight_decay", "clip_norm", "turn", "warp", "max_minutes"), FROM_0),
        **dict.fromkeys(("lr", "norm_lr", "pen", "balance"), (0, 1)),  # AdamW cannot even hold a rate of 1e38
    }

    mode: str = "category"
    seed: int = 0
    epochs: int = 60
    steps_per_epoch: int = 0  # at most so many steps an epoch; 0: as many as show every sketch once
    steps: int = 0  # at most so many steps in all; 0: all epochs
    batch: int = 64  # triplets a step (and a process, under torchrun)

    sampler: str = "random"  # "pk": batch / per_class categories, per_class sketches of each
    per_class: int = 4
    support: int = 0  # photos of the category that a single-category batch carries

    lr: float = 1e-5  # of prompts and new modules
    norm_lr: float = 1e-5  # of LayerNorms
    weight_decay: float = 0.0  # decoupled (AdamW); 0 is Adam
    schedule: str = "constant"
    warmup: int = 0  # steps of linear warm-up
    clip_norm: float = 0.0  # of the gradient; 0 leaves it as it is
    precision: str = "auto"  # "bf16", "fp32"; auto: bf16 on CUDA alone, see zsbir/training/precision.py

    margin: float = 0.3
    tau: float = 0.07  # temperature of text classification
    template: str = "a photo of a {}"  # of the class texts

    # Mirror sketch, photo and negative together, half of the time; and half of the `variants` by themselves.
    flip: bool = True
    crop: float = 0.9  # smallest share of a photo's side that a random crop keeps; 1 crops nothing
    turn: float = 0.0  # standard deviation of a sketch's rotation in radians
    warp: float = 0.0  # and of its bending in half picture widths; see views.py
    pen: float = 0.0  # most that its lines grow thicker or thinner; 1 is a pixel on both sides
    variants: int = 4  # augmented renderings kept in memory of every drawing that has strokes
    quickdraw: bool = True  # category mode: add Quick, Draw! sketches of the training categories
    balance: float = 1.0  # categories are drawn by (their sketches) ** balance; 0 draws all alike
    limit: int = 0  # learn from so many sketches only, to see that a loss can fall; 0: all

    benchmark: str = "sketchy-21"  # whose unseen categories are left out; see data/splits.json, or "none"
    held_out_categories: int = 10  # at most a fifth; transfer to them is what selects the checkpoint
    dev_sketches: int = 30  # of a category, at most, for the dev metric
    dev_photos: int = 100

    evaluate_every: int = 0  # steps between two looks at the dev metric; 0: after every epoch
    save_every: int = 100  # steps between two saves of the training state
    max_minutes: float = 0.0  # finish early, in good order; 0 has no limit

    def __post_init__(self) -> None:
        """Refuse values that no run can be made of."""
        _choice("mode", self.mode, MODES)
        _choice("sampler", self.sampler, SAMPLERS)
        _choice("schedule", self.schedule, SCHEDULES)
        _choice("precision", self.precision, PRECISIONS)
        self._check_numbers()
        check_template("template", self.template)
        if self.sampler == "pk" and (self.per_class < 2 or self.batch % self.per_class):
            raise ValueError(
                f"A PK batch of {self.batch} needs per_class to divide it and be at least 2, "
                f"not {self.per_class}."
            )

    def _check_numbers(self) -> None:
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if isinstance(value, float) and not math.isfinite(value):
                raise ValueError(f"{field.name} must be a finite number, not {value}.")
        ranges = dict(item for table in _tables(type(self), "RANGES") for item in table.items())
        for name, (least, most) in ranges.items():
            value, above = getattr(self, name), f" and at most {most}" if math.isfinite(most) else ""
            if not least <= value <= most:
                raise ValueError(f"{name} must be at least {least}{above}, not {value:g}.")
        if not 0 < self.crop <= 1:
            raise ValueError(f"crop must lie in (0, 1], not {self.crop:g}.")
        if self.tau <= 0:
            raise ValueError(f"tau must be over 0, not {self.tau:g}.")

    @property
    def another_hand(self) -> bool:
        """Whether sketches are bent, turned or drawn with another pen."""
        return any((self.turn, self.warp, self.pen))

    @classmethod
    def preset(cls, name: str, mode: str) -> dict[str, object]:
        """Return the values that a preset sets for a mode, those of the subclass last."""
        values: dict[str, object] = {"mode": mode}
        for table in _tables(cls, "PRESETS"):
            values |= dict(table.get(name, {})) | dict(table.get(f"{name}/{mode}", {}))
        return values

    @classmethod
    def field_names(cls) -> list[str]:
        """Return the names of all choices, in order."""
        return [field.name for field in dataclasses.fields(cls)]


def check_template(name: str, template: str) -> None:
    """Refuse a text that has no place for a category's name: all categories would read alike.

    Raises:
        ValueError: It has none, or several, or braces of another kind.
    """
    parts = template.split("{}")
    if len(parts) != 2 or set("{}") & set("".join(parts)):
        raise ValueError(
            f"{name} must have one {{}} for the category, as in 'a photo of a {{}}'; not {template!r}."
        )


def _tables(kind: type, name: str) -> list[Mapping]:
    """Return the tables of that name, from the general to the special."""
    return [vars(base)[name] for base in reversed(kind.__mro__) if name in vars(base)]


def _choice(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ValueError(f"{name} must be one of {known}, not {value!r}.")
