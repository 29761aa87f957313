"""The pictures and target names of one training step, decided by the seed and the step alone."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from zsbir.data import is_unseen_sketch
from zsbir.training.backbone.augment import jitter_colours, line_drawings, random_crops
from zsbir.training.backbone.config import BackboneConfig
from zsbir.training.backbone.corpus import Pool, caption_names

DRAWABLE = 100  # pixels; smaller photos have no lines worth drawing
WARP = 0.06  # half picture widths that drawings are bent by; see `random_crops`


@dataclass(frozen=True)
class Batch:
    """Pictures with the bank rows they are aimed at.

    Attributes:
        pixels: (n, 3, side, side) float32, normalised for the tower.
        targets: (n, names) float32, rows add up to 1.
        kinds: How many of the rows are photos, line drawings and human sketches, in this order.
    """

    pixels: Tensor
    targets: Tensor
    kinds: tuple[int, ...]


class BatchMaker:
    """Draws photos, line drawings and sketches from memory and augments them on the device.

    Args:
        photos: Pools of photos.
        sketches: Pools of human sketches; none makes the batch smaller.
        rows: Name -> row of the bank.
        config: Side, batch size, shares and seed.
        device: Where augmentation and training run.
    """

    def __init__(
        self,
        photos: list[Pool],
        sketches: list[Pool],
        rows: dict[str, int],
        config: BackboneConfig,
        device: torch.device,
    ) -> None:
        self.config, self.device, self.rows = config, device, rows
        photos = [replace(pool, pixels=pool.pixels.to(device)) for pool in photos]
        sketches = [replace(pool, pixels=pool.pixels.to(device)) for pool in sketches]
        self.photos = [_Sampler(pool, rows) for pool in photos]
        # No line drawing of a photo that shows an unseen category either: it would be a sketch of it.
        self.drawable = [
            _Sampler(pool, rows, drawable=True) for pool in photos if pool.pixels.shape[-1] >= DRAWABLE
        ]
        self.sketches = [_Sampler(pool, rows) for pool in sketches]

    def make(self, step: int) -> Batch:
        """Return the batch of a step; the same step gives the same batch, also after an interruption."""
        config = self.config
        generator = torch.Generator().manual_seed(config.seed * 1_000_003 + step)
        lines = round(config.batch * config.line_share)
        sketches = round(config.batch * config.sketch_share)
        parts = [self._photos(config.batch - lines - sketches, generator)]
        parts.append(self._lines(lines, generator))
        if self.sketches:
            parts.append(self._sketches(sketches, generator))
        pixels = torch.cat([part[0].expand(-1, 3, -1, -1) for part in parts])
        kinds = tuple(len(part[0]) for part in parts)
        return Batch((pixels - 0.5) / 0.5, torch.cat([part[1] for part in parts]), kinds)

    def _photos(self, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        crops, targets = self._draw(self.photos, count, generator, area=(0.35, 1.1), turn=0.05)
        return jitter_colours(crops, generator), targets

    def _lines(self, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        crops, targets = self._draw(self.drawable, count, generator, area=(0.6, 1.2), turn=0.1, warp=WARP)
        return line_drawings(crops, generator), targets

    def _sketches(self, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        return self._draw(self.sketches, count, generator, area=(0.85, 1.35), turn=0.1, warp=WARP)

    def _draw(
        self,
        samplers: list[_Sampler],
        count: int,
        generator: torch.Generator,
        area: tuple[float, float],
        turn: float,
        warp: float = 0.0,
    ) -> tuple[Tensor, Tensor]:
        shares = torch.tensor([sampler.share for sampler in samplers], dtype=torch.float)
        chosen = torch.multinomial(shares, count, replacement=True, generator=generator)
        crops, targets = [], []
        for number, sampler in enumerate(samplers):
            wanted = int((chosen == number).sum())
            if wanted:
                pixels, target = sampler.draw(wanted, generator)
                crops.append(
                    random_crops(pixels, self.config.side, generator, area=area, turn=turn, warp=warp)
                )
                targets.append(target)
        return torch.cat(crops), torch.cat(targets)


class _Sampler:
    """One pool with a target distribution over the bank for each of its pictures."""

    def __init__(self, pool: Pool, rows: dict[str, int], drawable: bool = False) -> None:
        self.share = pool.share
        self.names = len(rows)
        self.pixels = pool.pixels
        shown = [_names_of(pool, index, rows) for index in range(len(pool.names))]
        self.known = [[rows[name] for name in names] for names in shown]
        self.usable = torch.tensor(
            [
                index
                for index, names in enumerate(shown)
                if names and not (drawable and any(map(is_unseen_sketch, names)))
            ]
        )

    def draw(self, count: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        picks = self.usable[torch.randint(len(self.usable), (count,), generator=generator)]
        targets = torch.zeros(count, self.names)
        for row, pick in enumerate(picks.tolist()):
            columns = self.known[pick]
            targets[row].index_add_(0, torch.tensor(columns), torch.full((len(columns),), 1 / len(columns)))
        return self.pixels[picks.to(self.pixels.device)], targets.to(self.pixels.device)


def _names_of(pool: Pool, index: int, rows: dict[str, int]) -> list[str]:
    """Return what a picture shows, as far as the bank knows it: its category, else what its captions name."""
    if pool.names[index]:
        return [pool.names[index]] if pool.names[index] in rows else []
    return [name for caption in pool.captions[index] for name in caption_names(caption, set(rows))]
