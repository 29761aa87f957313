"""What happened in a run: losses over the steps, and every look at the dev metric."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field


@dataclass
class History:
    """Grows while a run goes on; saved with its state, so that it goes on after an interruption.

    Attributes:
        losses: Name -> (step, mean over the steps since the last entry); "lr" counts as one.
        dev: (step, metrics) of every look at the dev metric.
        seconds: How long training took so far, measuring and saving left out.
        sums: Name -> (sum, count) since the last entry of `losses`.
    """

    losses: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    dev: list[tuple[int, dict[str, float]]] = field(default_factory=list)
    seconds: float = 0.0
    sums: dict[str, tuple[float, int]] = field(default_factory=dict)

    def add(self, losses: Mapping[str, float]) -> None:
        """Note the losses of one step."""
        for name, value in losses.items():
            total, count = self.sums.get(name, (0.0, 0))
            self.sums[name] = (total + value, count + 1)

    def close(self, step: int) -> dict[str, float]:
        """Turn what was noted into one entry after `step` steps; returns the means."""
        means = {name: total / count for name, (total, count) in self.sums.items()}
        for name, value in means.items():
            self.losses.setdefault(name, []).append((step, value))
        self.sums = {}
        return means

    def look(self, step: int, metrics: dict[str, float]) -> bool:
        """Note the dev metrics after `step` steps; whether they are the best so far."""
        best = self.best
        self.dev.append((step, metrics))
        return best is None or metrics["dev"] > best[1]["dev"]

    @property
    def best(self) -> tuple[int, dict[str, float]] | None:
        """The first of the best looks; None before any."""
        return max(self.dev, key=lambda look: (look[1]["dev"], -look[0]), default=None)

    def to_dict(self) -> dict:
        """Return it as JSON can hold it; `History(**...)` reads it back."""
        return asdict(self)
