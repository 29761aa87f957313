"""One checkpoint's calibration: learnt on half of the categories, measured on the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from zsbir.data import name_words
from zsbir.errors import CheckpointError
from zsbir.explain.parts import whole_rows
from zsbir.explain.words import reads_words, word_vector
from zsbir.index.calibration import Calibration, Names
from zsbir.inference import run
from zsbir.training.fits.asked import Asked, search_alone
from zsbir.training.fits.learn import choose_threshold, learn
from zsbir.training.fits.measure import claim, measure, roc_auc
from zsbir.training.fits.nonsense import KINDS, draw_nonsense
from zsbir.training.fits.questions import HELD_OUT, ask, categories_of, names_lacking

if TYPE_CHECKING:
    from zsbir.retriever import Retriever

NONSENSE = 100  # drawings of each kind


def calibrate(retriever: Retriever, data: Path, precision: float) -> Calibration:
    """Learn on drawings of half of the categories, and measure on drawings of the others.

    What a drawing shows is taken for not being in the list of what is lacking, for learning and for the
    figure of the sentence: nobody has a list of all there is.

    Args:
        retriever: Of a checkpoint that ranks by category.
        data: Folder with quickdraw_strokes.zip and sketchy_pairs.zip; other sets in it give names.
        precision: Aimed at among the unsure of the drawings that it learns from.

    Raises:
        CheckpointError: The checkpoint's sketches are compared with no text.
        DataError: The drawings are not there, or the gallery has no categories.
    """
    names = read_names(retriever, data)
    asked = {name: ask(data, name, retriever.gallery) for name in HELD_OUT}
    learning = [Asked.embed(retriever, questions.those(learning=True)) for questions in asked.values()]
    others = {name: Asked.embed(retriever, one.those(learning=False)) for name, one in asked.items()}
    here = np.concatenate([part.here for part in learning])
    odds = np.concatenate([_odds(retriever, names, part) for part in learning])
    (weight,), bias = learn(odds[:, None], here)
    threshold = choose_threshold(1 / (1 + np.exp(-weight * odds - bias)), here, precision)
    learnt = Calibration(
        index=retriever.index.digest, weight=float(weight), bias=bias, threshold=threshold, names=names
    )
    measured = {name: _measure(retriever, learnt, part) for name, part in others.items()}
    for name, auc in _measure_alone(retriever, learning, here, others).items():
        measured[name]["auc of the search alone"] = auc
    measured["nonsense"] = {kind: _unsure_of(retriever, learnt, kind) for kind in KINDS}
    share = claim(min(measured[name]["precision"] for name in HELD_OUT))
    return replace(learnt, threshold=threshold if share[1] else 0.0, share=share, measured=measured)


def read_names(retriever: Retriever, data: Path) -> Names:
    """Read the names of a gallery's categories and of what it lacks as texts.

    Raises:
        CheckpointError: The checkpoint's sketches are compared with no text.
        DataError: The gallery has no categories.
    """
    method = retriever.checkpoint.method
    if not reads_words(method):
        raise CheckpointError(
            f"The sketches of checkpoint '{retriever.checkpoint.name}' are compared with no text; choose "
            "plain CLIP, CLIP-AT, SpLIP or deep dual prompts."
        )
    here = categories_of(retriever.gallery)
    lacking = names_lacking(data, here)
    rows = [run(word_vector, method.backbone, name_words(name)) for name in (*here, *lacking)]
    stored = np.stack(rows).astype(np.float16)  # measured as it will be read
    return Names(tuple(here), tuple(lacking), stored.astype(np.float32))


def _measure(retriever: Retriever, learnt: Calibration, asked: Asked) -> dict[str, Any]:
    """Measure on one set, with what is drawn taken for unlisted; the last two with the list as it is."""
    rows = whole_rows(retriever.checkpoint.method, asked.vectors)
    hidden = [learnt.probability(row, name) for row, name in zip(rows, asked.categories, strict=True)]
    listed = np.array([learnt.probability(row) for row in rows])
    unsure = np.flatnonzero((listed < learnt.threshold) & ~asked.here)
    guessed = [asked.categories[place] in learnt.names.guesses(rows[place]) for place in unsure]
    return {
        **measure(np.array(hidden), asked.here, learnt.threshold),
        "auc with its name listed": round(roc_auc(listed, asked.here), 3),
        "guessed": round(float(np.mean(guessed)), 3) if guessed else 0.0,
    }


def _measure_alone(
    retriever: Retriever, learning: Sequence[Asked], here: NDArray[np.bool_], others: dict[str, Asked]
) -> dict[str, float]:
    """What the search alone would be worth, without names: the area under the curve for each set."""
    weights, _ = learn(np.concatenate([search_alone(retriever, part.vectors) for part in learning]), here)
    return {
        name: round(roc_auc(search_alone(retriever, part.vectors) @ weights, part.here), 3)
        for name, part in others.items()
    }


def _odds(retriever: Retriever, names: Names, asked: Asked) -> NDArray[np.float64]:
    rows = whole_rows(retriever.checkpoint.method, asked.vectors)
    return np.array([names.odds(row, name) for row, name in zip(rows, asked.categories, strict=True)])


def _unsure_of(retriever: Retriever, learnt: Calibration, kind: str) -> float:
    """The share of made-up drawings of one kind that are called unsure."""
    pictures = [retriever.query_image(drawing) for drawing in draw_nonsense(kind, NONSENSE)]
    rows = whole_rows(retriever.checkpoint.method, retriever.embed_queries(pictures))
    return sum(learnt.probability(row) < learnt.threshold for row in rows) / NONSENSE
