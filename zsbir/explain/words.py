"""Text beside the sketch: a word that steers the ranking."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from zsbir.errors import CheckpointError, ZSBIRError
from zsbir.explain.parts import whole_rows
from zsbir.explain.scan import best, scan
from zsbir.inference import run
from zsbir.methods.clip_at import ClipAT
from zsbir.methods.deep_dual import DeepDual
from zsbir.methods.plain import PlainCLIP
from zsbir.methods.splip import SpLIP

if TYPE_CHECKING:
    from zsbir.backbone import Backbone
    from zsbir.hits import Result
    from zsbir.methods import Method
    from zsbir.retriever import Retriever

TEMPLATE = "a photo of {}"
LONGEST = 100  # characters of a word
KEPT = 256  # words that are not read again
# Their photos stay in the space of the backbone's texts, which they learn from or do not leave.
READ_WORDS = (PlainCLIP, ClipAT, SpLIP, DeepDual)


@dataclass(frozen=True)
class Steered:
    """A ranking by a drawing and a word together.

    Attributes:
        result: The photos in their new order; scores are still the drawing's cosines, and percentiles those
            of the new order.
        word: As it was read.
        weight: Of the word, in [0, 1].
        sketch_scores: For each hit, by how many standard deviations the drawing's cosine is above the mean of
            all searched photos.
        word_scores: The same for the word's.
    """

    result: Result
    word: str
    weight: float
    sketch_scores: tuple[float, ...]
    word_scores: tuple[float, ...]


def reads_words(method: Method) -> bool:
    """Whether a word can steer a method.

    DP-CLIP ranks within a category and was told its name already. A linear probe and full fine-tuning have
    moved photos away from texts.
    """
    return isinstance(method, READ_WORDS)


def steer(retriever: Retriever, result: Result, word: str, weight: float, k: int = 24) -> Steered:
    """Rank what a search has ranked by a word too.

    Texts lie apart from pictures, and their cosines are smaller. So both scores are first expressed in
    standard deviations over the searched photos, and then mixed: (1 - weight) * sketch + weight * word. A
    word is compared with whole photos: with the part of deep dual prompts' vectors that is no layout.

    Args:
        retriever: That found the result.
        result: Of the drawing.
        word: A word or a few, such as "apple" or "a red chair".
        weight: 0 leaves the drawing's ranking, 1 ranks by the word alone.
        k: How many photos to return at most.

    Raises:
        CheckpointError: The checkpoint cannot be steered by words.
        BackboneError: Its backbone cannot read texts.
        ZSBIRError: There is no word, it is too long, or the weight is not in [0, 1].
    """
    method = retriever.checkpoint.method
    word = as_read(retriever, word, weight)
    text = run(word_vector, method.backbone, word)
    index, places = retriever.index, retriever.index.places(result.category)
    cosines = np.empty((2, len(places)), dtype=np.float32)
    start = 0
    for block, scores in scan(index, result.vector[None], places):
        texts = whole_rows(method, index.vectors(block)) @ text
        cosines[:, start : start + len(block)] = scores[0], texts
        start += len(block)
    sketch, told = map(_standardised, cosines)
    mixed = best(index, (1 - weight) * sketch + weight * told, places, k)
    row = {photo.id: places.searchsorted(index.place(photo.id)) for photo in mixed.photos}
    hits = [replace(hit, score=float(cosines[0, row[hit.photo.id]])) for hit in retriever.hits(mixed)]
    rows = [row[hit.photo.id] for hit in hits]
    return Steered(
        replace(result, hits=hits), word, weight, tuple(sketch[rows].tolist()), tuple(told[rows].tolist())
    )


def as_read(retriever: Retriever, word: str, weight: float = 0.0) -> str:
    """Return a word as it is read, with one space between its parts; errors as `steer` tells."""
    if not reads_words(retriever.checkpoint.method):
        raise CheckpointError(
            f"A word cannot steer checkpoint '{retriever.checkpoint.name}', whose photos no text is compared "
            "with; choose plain CLIP, CLIP-AT, SpLIP or deep dual prompts."
        )
    word = " ".join(word.split())
    if not 0 < len(word) <= LONGEST or not 0 <= weight <= 1:
        raise ZSBIRError(
            f"A word has 1 to {LONGEST} letters and a weight from 0 to 1; change what is outside of that."
        )
    return word


@lru_cache(maxsize=KEPT)
def word_vector(backbone: Backbone, word: str) -> NDArray[np.float32]:
    """Read a word as the text of a photo: (dim,) float32, unit length; in the inference thread only."""
    import torch

    with torch.inference_mode():
        row = backbone.encode_text([TEMPLATE.format(_with_article(word))])[0].cpu().numpy()
    return row / np.linalg.norm(row)


def _with_article(word: str) -> str:
    """Write "an apple" for "apple"; "two apples" and "the apple" stay as they are."""
    if word.lower().startswith(("a ", "an ", "the ", "two ", "three ", "some ")):
        return word
    return f"{'an' if word[0].lower() in 'aeiou' else 'a'} {word}"


def _standardised(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scores in standard deviations from their mean; all 0 where they are equal."""
    return (scores - scores.mean()) / max(float(scores.std()), 1e-6)
