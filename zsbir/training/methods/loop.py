"""The training loop of all methods: steps, dev metric, state on disk, the best checkpoint."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from tqdm import tqdm

from zsbir.errors import ZSBIRError
from zsbir.training.backbone.image_stage import schedule
from zsbir.training.methods.batches import BatchMaker
from zsbir.training.methods.broken import NotFiniteError, broken_run
from zsbir.training.methods.history import History
from zsbir.training.methods.objective import Objective
from zsbir.training.methods.ranks import Ranks
from zsbir.training.precision import mixed_precision
from zsbir.training.state import load_notes, load_state, save_state

log = logging.getLogger(__name__)
ENTRIES = 200  # of the loss curve
STATE, BEST = "state.safetensors", "best.safetensors"


@dataclass(frozen=True)
class Outcome:
    """How a run ended; the objective holds the best weights.

    Attributes:
        history: Losses and dev metrics.
        steps: How many were made, of `planned`.
        planned: How many the config asks for.
    """

    history: History
    steps: int
    planned: int


class Loop:
    """One run.

    Args:
        objective: Learns; on the device already.
        batches: Gives every step its batch.
        measure: Returns the dev metrics as they are now, with "dev" to select by.
        folder: Of the training state; a run that is found there goes on.
        device: Where it runs.
        ranks: The processes that share the work.
    """

    def __init__(
        self,
        objective: Objective,
        batches: BatchMaker,
        measure: Callable[[], dict[str, float]],
        folder: Path,
        device: torch.device,
        ranks: Ranks,
    ) -> None:
        self.objective, self.batches, self.measure = objective, batches, measure
        self.folder, self.device, self.ranks = folder, device, ranks
        self.config = objective.config
        whole = self.config.epochs * batches.per_epoch
        self.planned = min(self.config.steps or whole, whole)
        groups = objective.parameter_groups()
        self.parameters = [parameter for group in groups for parameter in group["params"]]
        self.optimizer = torch.optim.AdamW(groups, weight_decay=self.config.weight_decay)
        self.base = [group["lr"] for group in self.optimizer.param_groups]
        self.history = History()

    def run(self) -> Outcome:
        """Train to the end, or until the time is up; then load the best weights.

        Raises:
            ZSBIRError: A loss, a gradient or an embedding is not a number; says at which step, and writes
                down the batch.
        """
        start = self._resume()
        wrapped = self.ranks.wrap(self.objective, self.device)
        self.objective.train()
        began = time.monotonic()
        done = start
        with tqdm(total=self.planned, initial=start, disable=not self.ranks.is_first, mininterval=5) as bar:
            for step in range(start, self.planned):
                self._start(step, first=step == start)
                losses = self._step(wrapped, step)
                done = step + 1
                bar.update()
                bar.set_postfix(self._shown(losses), refresh=False)
                late = self._is_late(time.monotonic() - began)
                self._look_and_save(done, last=late or done == self.planned)
                if late:
                    log.warning("The time is up after %d of %d steps.", done, self.planned)
                    break
        self._load_best()
        return Outcome(self.history, done, self.planned)

    def _resume(self) -> int:
        modules = {"objective": self.objective}
        start = load_state(self.folder / STATE, modules, self.optimizer)
        if start:
            self.history = History(**load_notes(self.folder / STATE))
            log.info("Going on after step %d of %d.", start, self.planned)
        return start

    def _start(self, step: int, first: bool) -> None:
        per_epoch = self.batches.per_epoch
        if first or step % per_epoch == 0:
            self.objective.start_epoch(step // per_epoch, max(1, math.ceil(self.planned / per_epoch)))
        for group, lr in zip(self.optimizer.param_groups, self.base, strict=True):
            group["lr"] = lr * self._factor(step)

    def _factor(self, step: int) -> float:
        if self.config.schedule == "cosine":
            return schedule(step, self.planned, self.config.warmup)
        return min(1.0, (step + 1) / max(1, self.config.warmup))

    def _step(self, wrapped: nn.Module, step: int) -> dict[str, float]:
        began = time.monotonic()
        torch.manual_seed(self.config.seed * 1_000_003 + step)  # dropout draws from torch's own generator
        batch = self.batches.make(step)
        with mixed_precision(self.config.precision, self.device):
            losses = wrapped(batch)
        values = self._checked(losses, step)
        self.optimizer.zero_grad(set_to_none=True)
        sum(losses.values()).backward()
        self._clip(step)
        self.optimizer.step()
        self.history.seconds += time.monotonic() - began
        self.history.add(values)
        return values

    def _checked(self, losses: dict[str, Tensor], step: int) -> dict[str, float]:
        numbers = torch.stack([loss.detach().float() for loss in losses.values()]).tolist()
        values = dict(zip(losses, numbers, strict=True))
        wrong = [name for name, value in values.items() if not math.isfinite(value)]
        if wrong:
            raise self._broken(f"The loss {wrong[0]} is {values[wrong[0]]}", step)
        return values

    def _clip(self, step: int) -> None:
        """Look at the gradient even where it is not clipped: with it, the weights would be lost unseen."""
        try:
            limit = self.config.clip_norm or math.inf
            nn.utils.clip_grad_norm_(self.parameters, limit, error_if_nonfinite=True)
        except RuntimeError as error:
            raise self._broken("The gradient is not a number", step) from error

    def _measured(self, done: int) -> dict[str, float]:
        """Measure before anything is noted, so that a broken tower is never the best one."""
        try:
            metrics = self.measure()
        except NotFiniteError as error:
            raise self._broken("The embeddings of held-out pictures are not finite", done - 1) from error
        self.objective.train()
        return metrics

    def _broken(self, what: str, step: int) -> ZSBIRError:
        return broken_run(what, self.folder, self.batches, step)

    def _shown(self, values: dict[str, float]) -> dict[str, str]:
        latest = {"dev": self.history.dev[-1][1]["dev"]} if self.history.dev else {}
        return {name: f"{value:.3f}" for name, value in {**values, **latest}.items()}

    def _is_late(self, seconds: float) -> bool:
        limit = 60 * self.config.max_minutes
        return bool(limit) and self.ranks.agree(seconds > limit, self.device)

    def _look_and_save(self, done: int, last: bool) -> None:
        """After some steps: an entry in the loss curve, a look at the dev metric, the state on disk."""
        if not self.ranks.is_first:
            return
        if last or done % max(1, self.planned // ENTRIES) == 0:
            self.history.close(done)
        if look := last or done % (self.config.evaluate_every or self.batches.per_epoch) == 0:
            metrics = self._measured(done)
            if self.history.look(done, metrics):
                self._save(BEST, done)
            log.info("step %d: %s", done, ", ".join(f"{name} {value:.4f}" for name, value in metrics.items()))
        if look or done % self.config.save_every == 0:
            self._save(STATE, done)

    def _save(self, name: str, step: int) -> None:
        modules = {"objective": self.objective}
        save_state(self.folder / name, step, modules, self.optimizer, self.history.to_dict())

    def _load_best(self) -> None:
        if self.ranks.is_first:
            load_state(self.folder / BEST, {"objective": self.objective}, self.optimizer)
