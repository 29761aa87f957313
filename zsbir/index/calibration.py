"""What tells drawings of things that a gallery has from others: learnt offline, kept beside the index."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zsbir.errors import GalleryError
from zsbir.gallery.atomic import write_together
from zsbir.index.sidecar import CALIBRATION
from zsbir.json_text import parse_json

FORMAT = 1
VECTORS, FILE = CALIBRATION
SHARPNESS = 20.0  # of the softmax over names: a cosine 0.05 higher weighs e times as much
GUESSES = 3


@dataclass(frozen=True, eq=False)
class Names:
    """Names of things, as texts of the backbone.

    Attributes:
        here: Categories of the gallery; at least one.
        lacking: Names of things that are not in the gallery, nor a kind of what is, nor the other way round;
            at least two.
        vectors: (n, backbone's dim) float32 unit rows: those of `here`, then those of `lacking`.
    """

    here: tuple[str, ...]
    lacking: tuple[str, ...]
    vectors: NDArray[np.float32]

    def odds(self, row: NDArray[np.float32], unknown: str = "") -> float:
        """The logarithm of the odds that a drawing is of one of the names here, by a softmax over all.

        Args:
            row: (backbone's dim,) of a whole sketch; see `zsbir.explain.parts.whole_rows`.
            unknown: A name that is taken for not being in `lacking`.
        """
        weights = np.exp(SHARPNESS * (self.vectors @ row))
        here, lacking = weights[: len(self.here)], weights[len(self.here) :]
        if unknown in self.lacking:
            lacking = np.delete(lacking, self.lacking.index(unknown))
        return float(np.log(here.sum() / lacking.sum()))

    def guesses(self, row: NDArray[np.float32]) -> tuple[str, ...]:
        """The nearest names of things that the gallery lacks, nearest first."""
        cosines = self.vectors[len(self.here) :] @ row
        return tuple(self.lacking[place] for place in np.argsort(-cosines, kind="stable")[:GUESSES])


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """A logistic regression on the odds of names.

    Attributes:
        index: Digest of the index that it was learnt on, and of which alone it tells anything.
        weight: Of the odds.
        bias: Added to them.
        threshold: Below this probability a drawing is called unsure; 0 if none may be.
        share: (2, 3) if at least 2 of 3 unsure drawings, of categories it did not learn from, showed things
            that the gallery lacks; (0, 0) if none may be called unsure.
        measured: All that was measured on those categories.
        names: What the odds are of.
    """

    index: str
    weight: float
    bias: float
    threshold: float = 0.0
    share: tuple[int, int] = (0, 0)
    measured: dict[str, Any] = field(default_factory=dict)
    names: Names = field(repr=False, compare=False)

    def probability(self, row: NDArray[np.float32], unknown: str = "") -> float:
        """The probability that the gallery has what was drawn, in [0, 1]; see `Names.odds`."""
        return float(1 / (1 + np.exp(-self.weight * self.names.odds(row, unknown) - self.bias)))


def save_calibration(calibration: Calibration, folder: Path) -> None:
    """Write the two files of a calibration into the folder of its index.

    Raises:
        GalleryError: The folder cannot be written to.
    """
    from safetensors.numpy import save

    names = calibration.names
    vectors = save({"names": names.vectors.astype(np.float16)})
    told = {"format": FORMAT, **asdict(replace(calibration, names=None)), "vectors": _digest(vectors)}
    told["names"] = {"here": names.here, "lacking": names.lacking}
    text = json.dumps(told, indent=1) + "\n"
    write_together({folder / VECTORS: vectors, folder / FILE: text.encode()})


def load_calibration(folder: Path, index: str, dim: int | None = None) -> Calibration | None:
    """Read the calibration of an index; None if there is none, or one of another index.

    Args:
        folder: Of the index.
        index: Its digest.
        dim: Length of the backbone's vectors; None leaves it open.

    Raises:
        GalleryError: It is damaged.
    """
    if not (folder / FILE).is_file():
        return None
    try:
        told = parse_json((folder / FILE).read_text(encoding="utf-8"))
        if told.pop("format") != FORMAT or told["index"] != index:
            return None
        content = (folder / VECTORS).read_bytes()
        if told.pop("vectors") != _digest(content):
            raise ValueError(f"{VECTORS} is not the one that belongs to it")
        names = _read_names(told.pop("names"), content)
        if dim not in (None, names.vectors.shape[1]):
            raise ValueError(f"{VECTORS} is of another backbone")
        return Calibration(**told | _read_numbers(told), names=names)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise GalleryError(
            f"Cannot use {folder / FILE} ({error}); make it again with python -m zsbir.training.fits, or "
            "delete it."
        ) from error


def _read_names(listed: Mapping[str, list[str]], content: bytes) -> Names:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        vectors = load(content)["names"].astype(np.float32)
    except SafetensorError as error:
        raise ValueError(f"{VECTORS} is damaged") from error
    for kind, least in (("here", 1), ("lacking", 2)):
        named = listed[kind]
        if not isinstance(named, list) or len(named) < least or not all(isinstance(n, str) for n in named):
            raise ValueError(f"its names of what is {kind} are no list of at least {least}")
    names = Names(tuple(listed["here"]), tuple(listed["lacking"]), vectors)
    if vectors.ndim != 2 or len(vectors) != len(names.here) + len(names.lacking):
        raise ValueError(f"{VECTORS} does not have one vector a name")
    if not np.isfinite(vectors).all():
        raise ValueError(f"{VECTORS} holds what is no number")
    return names


def _read_numbers(told: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that are numbers, as they are kept; JSON may have held anything."""
    numbers = {name: told[name] for name in ("weight", "bias", "threshold")}
    if not all(type(value) in (int, float) and np.isfinite(value) for value in numbers.values()):
        raise ValueError("weight, bias and threshold must be numbers")
    share = told["share"]
    if not isinstance(share, list) or [type(value) for value in share] != [int, int]:
        raise ValueError("its share must be two whole numbers")
    return {name: float(value) for name, value in numbers.items()} | {"share": tuple(share)}


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
