"""The pixels of one training step, decided by the seed, the step and the process alone."""

from __future__ import annotations

import torch
from torch import Tensor

from zsbir.images import Preprocess
from zsbir.training.methods.batch import Batch
from zsbir.training.methods.config import TrainConfig
from zsbir.training.methods.images import Pictures, normalise
from zsbir.training.methods.samplers import Catalogue, Triplets, draw_triplets
from zsbir.training.methods.views import another_hand, random_views

STRIDE = 1_000_003  # between the seeds of two runs, so that their steps do not share generators


class BatchMaker:
    """Draws triplets from memory and augments them on the device.

    Args:
        sketches: See `zsbir.training.methods.images.load_sketches`; somewhat larger than the input if
            crops are to lose nothing.
        photos: Photos of the sketches' categories.
        config: Sampler, batch, augmentation, seed.
        preprocess: Of the backbone.
        device: Where training runs.
        rank: Of this process among `world`; each draws triplets of its own.
        world: Number of processes.
    """

    def __init__(
        self,
        sketches: Pictures,
        photos: Pictures,
        config: TrainConfig,
        preprocess: Preprocess,
        device: torch.device,
        rank: int = 0,
        world: int = 1,
    ) -> None:
        self.sketches, self.photos, self.config = sketches, photos, config
        self.preprocess, self.device = preprocess, device
        self.rank, self.world = rank, world
        self.catalogue = Catalogue(sketches.items, photos.items, config.mode)

    @property
    def categories(self) -> list[str]:
        """The training categories, sorted."""
        return self.catalogue.categories

    @property
    def per_epoch(self) -> int:
        """Steps of an epoch."""
        return self.steps_for(len(self.sketches))

    def steps_for(self, sketches: int) -> int:
        """Return the steps that show about every sketch once, if `steps_per_epoch` does not say fewer."""
        full = -(-sketches // (self.config.batch * self.world))
        return min(full, self.config.steps_per_epoch or full)

    def make(self, step: int) -> Batch:
        """Return the batch of a step; the same step gives the same batch, also after an interruption."""
        generator = self._generator(step)
        triplets = draw_triplets(self.catalogue, self.config, generator)
        # Left and right of a pair must not be exchanged in one picture alone, nor tell right from wrong.
        flips = (torch.rand(len(triplets.sketches), generator=generator) < 0.5) & self.config.flip
        catalogue = self.catalogue
        return Batch(
            sketches=self._sketches(triplets.sketches, flips, generator),
            photos=self._photos(triplets.photos, flips, generator),
            negatives=self._photos(triplets.negatives, flips, generator),
            labels=catalogue.labels[triplets.sketches].to(self.device),
            negative_labels=catalogue.photo_labels[triplets.negatives].to(self.device),
            instances=catalogue.photo_instances[triplets.photos].to(self.device),
            generator=generator,
            support=self._support(triplets, generator),
            category=triplets.category,
        )

    def files(self, step: int) -> dict[str, list[str]]:
        """Return the files of a step's sketches, photos and negatives, to name a batch that went wrong."""
        drawn = draw_triplets(self.catalogue, self.config, self._generator(step))
        parts = {
            "sketches": (self.sketches, drawn.sketches),
            "photos": (self.photos, drawn.photos),
            "negatives": (self.photos, drawn.negatives),
        }
        return {name: [have.items[row].file for row in rows.tolist()] for name, (have, rows) in parts.items()}

    def _generator(self, step: int) -> torch.Generator:
        """Return the one that decides everything in a step of this process."""
        return torch.Generator().manual_seed(self.config.seed * STRIDE + step * self.world + self.rank)

    def _sketches(self, rows: Tensor, flips: Tensor, generator: torch.Generator) -> Tensor:
        """No square is cut out of a sketch, since the app fits its ink: it becomes smaller instead."""
        config, side = self.config, self.preprocess.side
        pixels = self.sketches.pixels[rows].to(self.device)
        if config.another_hand:
            hand = {"turn": config.turn, "warp": config.warp, "pen": config.pen}
            views = another_hand(pixels, side, flips, generator, **hand)
        else:
            views = random_views(pixels, side, (1.0, 1 / config.crop), flips, generator)
        return normalise(views, self.preprocess)

    def _photos(self, rows: Tensor, flips: Tensor, generator: torch.Generator) -> Tensor:
        pixels = self.photos.pixels[rows].to(self.device)
        views = random_views(pixels, self.preprocess.side, (self.config.crop, 1.0), flips, generator)
        return normalise(views, self.preprocess)

    def _support(self, triplets: Triplets, generator: torch.Generator) -> Tensor | None:
        """Support photos are seen as they are served: neither flipped nor cropped."""
        if triplets.support is None:
            return None
        pixels = self.photos.pixels[triplets.support].to(self.device)
        still = torch.zeros(len(pixels), dtype=torch.bool)
        return normalise(
            random_views(pixels, self.preprocess.side, (1.0, 1.0), still, generator), self.preprocess
        )
