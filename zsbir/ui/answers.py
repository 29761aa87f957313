"""A question of the page or the API, and all that is told in answer to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zsbir.explain.readings import read_scores
from zsbir.explain.seen import category_statuses
from zsbir.families import Choice, family_of, readable
from zsbir.sentences import Sentence

if TYPE_CHECKING:
    from PIL.Image import Image

    from zsbir.explain import Fit, Steered
    from zsbir.hits import Result
    from zsbir.retriever import Retriever
    from zsbir.strokes import Drawing

WEIGHT = 0.4  # of a word whose weight nobody has set: the drawing leads
DEAF = "{by} reads no words, so the drawing alone ranks here."


@dataclass(frozen=True)
class Query:
    """One search as the page or the API asks for it.

    Attributes:
        drawing: Strokes, or a picture of a sketch.
        mode: "category" or "fine-grained".
        k: How many photos at most.
        category: None for all, or in fine-grained mode for an assumed one.
        gallery: One of the service's.
        checkpoint: A family, whose checkpoint of the mode is taken, or one checkpoint.
        word: A word or a few that steer the ranking; "" for none.
        weight: Of the word, in [0, 1].
    """

    drawing: Drawing | Image
    mode: str
    k: int
    category: str | None
    gallery: str
    checkpoint: str
    word: str = ""
    weight: float = WEIGHT


@dataclass(frozen=True)
class Standing:
    """How a photo stands among all that were searched, in standard deviations of their scores.

    Attributes:
        above: How far it is above the mean.
        lead: How far it is above the next photo; None if there is none, or none is known.
        sketch: What of `above` the drawing gave.
        word: What of it the word gave; None if no word steered.
    """

    above: float
    lead: float | None
    sketch: float
    word: float | None = None


@dataclass(frozen=True)
class Answer:
    """What came back, and who ranked it.

    Attributes:
        result: The photos.
        checkpoint: The checkpoint that ranked them.
        method: Its method.
        by: The method in words for people.
        notes: A sentence if another family was asked for, and one if the word was not read.
        statuses: Category of a photo -> whether the checkpoint learnt from it; see `zsbir.explain.seen`.
        standings: One for each photo.
        word: The word that steered; "" if none did.
        weight: Its weight.
        fit: Whether the gallery has what was drawn; None where nobody knows.
    """

    result: Result
    checkpoint: str
    method: str
    by: str
    notes: tuple[str, ...]
    statuses: dict[str, str]
    standings: list[Standing]
    word: str = ""
    weight: float = 0.0
    fit: Fit | None = None

    @property
    def note(self) -> str:
        """The notes in one; "" if there are none."""
        return " ".join(self.notes)


def answer(query: Query, choice: Choice, retriever: Retriever, result: Result) -> Answer:
    """Tell all about what a search by the drawing has found, steered by the word if there is one.

    Raises:
        ZSBIRError: The word is too long, or the weight is not in [0, 1].
    """
    from zsbir.explain import fit_of

    by, notes = readable(family_of(choice.checkpoint)), [choice.note]
    steered = None
    if query.word.strip():
        steered = _steered(query, retriever, result)
        notes += [] if steered else [Sentence(DEAF, by=by)]
    shown = steered.result if steered else result
    return Answer(
        shown,
        choice.checkpoint,
        retriever.checkpoint.method.name,
        by,
        tuple(filter(None, notes)),
        category_statuses(retriever.checkpoint, {hit.category for hit in shown.hits if hit.category}),
        _mixed(steered) if steered else _drawn(retriever, result),
        steered.word if steered else "",
        steered.weight if steered else 0.0,
        fit_of(retriever, result),
    )


def _steered(query: Query, retriever: Retriever, result: Result) -> Steered | None:
    """The ranking by drawing and word; None for methods that read no words."""
    from zsbir.explain import reads_words, steer

    if not reads_words(retriever.checkpoint.method):
        return None
    return steer(retriever, result, query.word, query.weight, query.k)


def _drawn(retriever: Retriever, result: Result) -> list[Standing]:
    readings = read_scores(retriever, result) if result.hits else []
    return [Standing(reading.above, reading.lead, reading.above) for reading in readings]


def _mixed(steered: Steered) -> list[Standing]:
    sketch = [(1 - steered.weight) * score for score in steered.sketch_scores]
    word = [steered.weight * score for score in steered.word_scores]
    above = [drawn + told for drawn, told in zip(sketch, word, strict=True)]
    nexts = [*above[1:], None][: len(above)]
    leads = [None if lower is None else own - lower for own, lower in zip(above, nexts, strict=False)]
    return [Standing(*row) for row in zip(above, leads, sketch, word, strict=True)]
