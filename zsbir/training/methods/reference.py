"""How the reference rows learn: with CLIP-AT's category-level losses, each at a rate of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from zsbir.training.methods.triplet import TripletTrainConfig


@dataclass(frozen=True, kw_only=True, slots=True)
class LinearProbeTrainConfig(TripletTrainConfig):
    """A linear map starts as the identity and may move fast."""

    PRESETS: ClassVar[Mapping[str, Mapping[str, object]]] = {
        "paper": {"lr": 1e-3},
        "tiny": {"lr": 1e-3, "epochs": 2},
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class FullFinetuneTrainConfig(TripletTrainConfig):
    """All weights of a trained tower; fast learning would only undo it."""

    PRESETS: ClassVar[Mapping[str, Mapping[str, object]]] = {
        "paper": {"lr": 1e-6},
        "tiny": {"lr": 1e-4, "epochs": 4},
    }
