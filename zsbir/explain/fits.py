"""Nothing here fits: whether the gallery has what was drawn, as far as a search can tell."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from zsbir.errors import GalleryError
from zsbir.explain.parts import whole_rows
from zsbir.index.calibration import FILE, Calibration, load_calibration
from zsbir.index.sidecar import index_folder

if TYPE_CHECKING:
    from zsbir.hits import Result
    from zsbir.retriever import Retriever

log = logging.getLogger(__name__)

SAYS = "Perhaps nothing here fits. Of drawings this unsure, {} of {} showed something this gallery lacks."


@dataclass(frozen=True)
class Fit:
    """Whether the gallery has what was drawn.

    Attributes:
        probability: That it has, in [0, 1], if it had what half of all drawings show.
        unsure: Whether people should be told that perhaps nothing fits.
        share: The figure of the sentence: (2, 3) for "2 of 3"; (0, 0) where nothing is said.
        says: The sentence; "" where nothing is said.
        guesses: If unsure, the three names of things that the gallery lacks which the drawing is most like,
            the nearest first; as the data spells them: "flying_saucer".
    """

    probability: float
    unsure: bool
    share: tuple[int, int] = (0, 0)
    says: str = ""
    guesses: tuple[str, ...] = ()


def fit_of(retriever: Retriever, result: Result) -> Fit | None:
    """Tell whether a gallery has what was drawn; no model pass, well below a millisecond.

    The drawing is compared with the names of what is in the gallery and of what is not. It is a hint, and the
    photos stay. What to know of it, with the figures in the README:

    * It knows one gallery under one checkpoint, by `python -m zsbir.training.fits`; of another gallery, and
      of this one after a photo came or went, it says nothing.
    * It learnt from drawings half of which show things that the gallery has. Where people are told what there
      is, fewer show something else, and fewer of the unsure ones do.
    * Most drawings of things that the gallery lacks are not called unsure, and some of things it has are.
    * It was not taught scribbles and words. Of those made up for a test it calls nearly all hatching unsure,
      and a quarter to a half of the others. A detector that was taught some kinds did not know the others.

    Args:
        retriever: That found the result.
        result: Of a search by a drawing alone.

    Returns:
        None where nothing is known: this very index has not been calibrated, the search was within one
        category or in fine-grained mode, or it found no photo.
    """
    if result.mode != "category" or result.category is not None or not result.hits:
        return None
    calibration = _calibration_of(retriever)
    if calibration is None:
        return None
    (row,) = whole_rows(retriever.checkpoint.method, result.vector[None])
    probability = calibration.probability(row)
    if probability >= calibration.threshold:
        return Fit(probability, unsure=False)
    says = SAYS.format(*calibration.share)
    return Fit(probability, True, calibration.share, says, calibration.names.guesses(row))


def _calibration_of(retriever: Retriever) -> Calibration | None:
    """The calibration of a retriever's index; read again when it has been written anew."""
    folder = index_folder(retriever.gallery, retriever.checkpoint)
    try:
        stamp = (folder / FILE).stat().st_mtime_ns
    except OSError:
        return None
    return _read(folder, stamp, retriever.index.digest, retriever.checkpoint.method.backbone.dim)


@lru_cache(maxsize=16)
def _read(folder: Path, stamp: int, index: str, dim: int) -> Calibration | None:
    """Read a calibration; one that is damaged says nothing, and that once in the log."""
    try:
        return load_calibration(folder, index, dim)
    except GalleryError as error:
        log.warning("%s", error)
        return None
