"""One checkpoint under the protocols: embed, assume categories where needed, score."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zsbir.data.dataset import Dataset
from zsbir.data.layouts import Item
from zsbir.errors import CheckpointError
from zsbir.evaluation.embed import Broken, Embedder
from zsbir.evaluation.scoring import Asked, Scores, score
from zsbir.evaluation.trial import Trial
from zsbir.index.ranking import Ranking
from zsbir.methods.pictures import BATCH
from zsbir.retriever import VOTERS

if TYPE_CHECKING:
    from zsbir.checkpoint import Checkpoint


@dataclass(frozen=True)
class Outcome:
    """A trial, carried out.

    Attributes:
        trial: What was left of it after unreadable pictures.
        sketches: The queries' dataset.
        photos: The gallery's dataset; may be the same.
        asked: The queries' embeddings.
        vectors: (n, dim) those of the photos.
        scores: What came out.
        broken: What could not be read.
        checkpoint: Who embedded.
        guide: Name of the checkpoint that assumed the categories; None if nothing was assumed.
    """

    trial: Trial
    sketches: Dataset
    photos: Dataset
    asked: Asked
    vectors: NDArray[np.float32]
    scores: Scores
    broken: tuple[Broken, ...]
    checkpoint: Checkpoint
    guide: str | None


class Evaluator:
    """Measures one checkpoint in any number of trials, embedding every picture once.

    Args:
        checkpoint: Gives the method.
        guide: Assumes the category of each query by a vote of its nearest photos. Needed by methods that
            need a category; where others have one, what it costs to trust it is measured as well.
        raw_sketch: Letterbox sketch pictures as they are, without bringing them to the page's rendering.
        batch: Pictures that go through the model together.

    Raises:
        CheckpointError: The method needs a guide and has none, or the guide cannot be one.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        *,
        guide: Evaluator | None = None,
        raw_sketch: bool = False,
        batch: int = BATCH,
    ) -> None:
        self.checkpoint = checkpoint
        self.embedder = Embedder(checkpoint.method, raw_sketch=raw_sketch, batch=batch)
        self._needs_category = checkpoint.method.needs_category
        self._guide = guide
        if self._needs_category and guide is None:
            raise CheckpointError(
                f"'{checkpoint.name}' needs a guide that assumes categories for it; name one."
            )
        if guide is not None:
            check_guide(guide.checkpoint)

    def run(self, trial: Trial, sketches: Dataset, photos: Dataset | None = None) -> Outcome:
        """Carry out a trial.

        Args:
            trial: Queries out of `sketches` and photos out of `photos`.
            sketches: The queries' dataset.
            photos: The gallery's dataset; None means the queries' own.

        Raises:
            DataError: So many pictures are unreadable that nothing is left to search with or for.
            CheckpointError: The method's embeddings are not finite.
        """
        photos = photos or sketches
        if self._needs_category:
            self.embedder.learn(photos, _groups(trial))
        found = self.embedder.embed(photos, trial.photos, self._told(trial.photos))
        trial = trial.restricted(trial.queries, found.items)
        told = self.embedder.embed(sketches, trial.queries, self._told(trial.queries))
        trial = trial.restricted(told.items, found.items)
        assumed = self._guide.assume(trial, sketches, photos) if self._guide else None
        alone = told.vectors
        if self._needs_category:
            alone = self.embedder.embed(sketches, trial.queries, assumed).vectors
        asked = Asked(alone, told.vectors, assumed)
        return Outcome(
            trial,
            sketches,
            photos,
            asked,
            found.vectors,
            score(trial, asked, found.vectors),
            (*found.broken, *told.broken),
            self.checkpoint,
            self._guide.checkpoint.name if self._guide else None,
        )

    def assume(self, trial: Trial, sketches: Dataset, photos: Dataset) -> list[str]:
        """Say for each query of a trial, all readable, what its nearest photos say it shows."""
        vectors = self.embedder.embed(photos, trial.photos).vectors
        queries = self.embedder.embed(sketches, trial.queries).vectors
        return [self._vote(trial.photos, vectors @ query) for query in queries]

    def _vote(self, photos: tuple[Item, ...], scores: NDArray[np.float32]) -> str:
        # The photo after the voters is what they are compared with.
        nearest = np.argsort(-scores, kind="stable")[: VOTERS + 1]
        ranking = Ranking(tuple(photos[i] for i in nearest), tuple(scores[nearest].tolist()), len(photos))
        return ranking.vote() or ""

    def _told(self, items: tuple[Item, ...]) -> list[str] | None:
        return [item.category for item in items] if self._needs_category else None


def check_guide(checkpoint: Checkpoint) -> None:
    """Refuse a checkpoint that cannot assume categories for others.

    Raises:
        CheckpointError: It needs to be told them itself, or was trained within a category.
    """
    if checkpoint.method.needs_category or "category" not in checkpoint.modes:
        raise CheckpointError(
            f"'{checkpoint.name}' cannot tell what a sketch shows; name one of category level."
        )


def _groups(trial: Trial) -> dict[str, list[Item]]:
    """The photos that teach each category: its own, or those that answer it where it has none of its own."""
    groups: dict[str, list[Item]] = defaultdict(list)
    for photo in trial.photos:
        groups[photo.category].append(photo)
    wider = {item.category for item in trial.queries} - groups.keys()
    return dict(groups) | {
        name: [photo for photo in trial.photos if trial.answers(name, photo.category)] for name in wider
    }
