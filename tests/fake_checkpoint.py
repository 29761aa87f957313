"""A checkpoint without a network: what it embeds is the colour of a picture's nine regions."""

from __future__ import annotations

import shlex
import threading
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import torch

from zsbir.folders import checkpoints_home
from zsbir.images import Preprocess


class FakeMethod:
    """Embeds as `zsbir.methods` do: unit rows of 27 mean colours, in an order that a category changes."""

    name = "fake"
    modes = ("category", "fine-grained")

    def __init__(self, *, needs_category: bool = False, support: int = 0):
        self.needs_category = needs_category
        self.support = support
        self.remembered: dict[str, torch.Tensor] = {}
        self.backbone = SimpleNamespace(
            name="fake-backbone",
            folder=None,
            device=torch.device("cpu"),
            model=torch.nn.Linear(10, 100, bias=False),
            visual=torch.nn.Identity(),
        )
        self.preprocess = Preprocess(side=12, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5))
        self.dim = 27
        self.photos_embedded = 0
        self.categories_seen: list[str | None] = []
        self.sketches_seen: list[str | None] = []  # the category that each batch of sketches came with
        self.sizes_seen: set[int] = set()
        self.threads: set[str] = set()
        self.interrupt_after: int | None = None

    def remember(self, category: str, pixels: torch.Tensor) -> None:
        self.remembered[category] = pixels

    def knows(self, category: str) -> bool:
        return not self.support or category in self.remembered

    def embed_sketches(self, pixels: torch.Tensor, category: str | None = None) -> torch.Tensor:
        self.threads.add(threading.current_thread().name)
        self.sketches_seen.append(category)
        self.sizes_seen.add(pixels.shape[-1])
        return self._embed(pixels, category)

    def embed_photos(self, pixels: torch.Tensor, category: str | None = None) -> torch.Tensor:
        if self.interrupt_after is not None and self.photos_embedded + len(pixels) > self.interrupt_after:
            raise KeyboardInterrupt
        self.photos_embedded += len(pixels)
        self.categories_seen.append(category)
        return self._embed(pixels, category)

    def _embed(self, pixels: torch.Tensor, category: str | None) -> torch.Tensor:
        regions = torch.nn.functional.adaptive_avg_pool2d(pixels, 3).flatten(1)
        if category is not None:
            regions = regions.roll(len(category), dims=1)
        if self.support:  # what it was shown colours all it sees; KeyError where it was shown nothing
            regions = regions + self.remembered[category].mean()
        return torch.nn.functional.normalize(regions, dim=1)


@dataclass
class FakeCheckpoint:
    """As `zsbir.checkpoint.Checkpoint`."""

    path: Path
    name: str = "fake"
    method: FakeMethod = field(default_factory=FakeMethod)
    digest: str = "sha256:" + "ab" * 32
    modes: tuple[str, ...] = ("category", "fine-grained")
    learnt: int = 1234
    memory: int = 4936
    origin: str = ""

    @property
    def reference(self) -> str:
        bundled = self.path.parent == checkpoints_home()
        return self.name if bundled else shlex.quote(str(self.path))
