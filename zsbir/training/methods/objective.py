"""What the training loop asks of a method: its losses on a batch and what may learn."""

from __future__ import annotations

from abc import ABC, abstractmethod
from itertools import chain

from torch import Tensor, nn

from zsbir.backbone.tuned import TunedNorms
from zsbir.methods import Method
from zsbir.training.methods.batch import Batch
from zsbir.training.methods.config import TrainConfig


class Objective(nn.Module, ABC):
    """A method with its losses, and with the heads that exist only in training as modules of its own.

    Args:
        method: Learns; untrained or half trained.
        config: The recipe.
        categories: The seen training categories, sorted; labels are their rows.
    """

    def __init__(self, method: Method, config: TrainConfig, categories: list[str]) -> None:
        super().__init__()
        self.method, self.config, self.categories = method, config, categories

    @abstractmethod
    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Return every loss by its name, already weighted; the loop adds them up."""

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        """Call `losses`; data-parallel wrappers need it under this name."""
        return self.losses(batch)

    def parameter_groups(self) -> list[dict]:
        """Return what learns, for the optimizer: LayerNorms at `norm_lr`, all else at `lr`."""
        tuned = (module for module in self.modules() if isinstance(module, TunedNorms))
        known = {id(p) for p in chain.from_iterable(module.parameters() for module in tuned)}
        learning = [parameter for parameter in self.parameters() if parameter.requires_grad]
        norms = [parameter for parameter in learning if id(parameter) in known]
        new = [parameter for parameter in learning if id(parameter) not in known]
        groups = [
            {"params": new, "lr": self.config.lr, "name": "new"},
            {"params": norms, "lr": self.config.norm_lr, "name": "norms"},
        ]
        return [group for group in groups if group["params"]]

    def start_epoch(self, epoch: int, epochs: int) -> None:
        """Change what a curriculum changes; `epoch` counts from 0. Called again after an interruption."""
