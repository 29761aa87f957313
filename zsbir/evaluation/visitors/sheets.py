"""What visitors draw: everybody something else, or the same in another way."""

from __future__ import annotations

import base64
import io
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from zsbir.strokes import Drawing

SIDE = 600  # canvas units of the page's sheet
MARGIN = 60
TURN = 0.25  # radians that a drawing leans to either side at most


def load_drawings(sketches: Path | None = None) -> list[Drawing]:
    """Return the held-out stroke drawings of a dataset, or the page's own examples.

    Raises:
        DataError: The dataset cannot be read.
    """
    if sketches is None:
        from zsbir.ui.examples import examples

        return [Drawing.from_json({"width": SIDE, "height": SIDE} | example) for example in examples()]
    from zsbir.data import open_dataset

    dataset = open_dataset(sketches)
    return [dataset.drawing(item) for item in dataset.select("sketch", "dev") if item.is_vector]


def endless(drawings: Sequence[Drawing], seed: int) -> Iterator[list[dict]]:
    """Yield one drawing after the other, in an order and in ways of their own for each seed.

    Yields:
        Strokes in the units of the page's sheet, as `Session.ask` takes them.
    """
    chance = random.Random(seed)
    while True:
        for drawing in chance.sample(drawings, len(drawings)):
            yield place(
                drawing, chance.uniform(-TURN, TURN), chance.uniform(0.6, 1), mirrored=chance.random() < 0.5
            )


def place(drawing: Drawing, turn: float = 0, size: float = 1, *, mirrored: bool = False) -> list[dict]:
    """Turn a drawing, mirror it, and place it in the middle of the sheet; size 1 reaches the margins."""
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    strokes = [stroke.points @ rotation * (-1 if mirrored else 1, 1) for stroke in drawing.strokes]
    points = np.concatenate(strokes)
    low, high = points.min(0), points.max(0)
    scale = size * (SIDE - 2 * MARGIN) / max(*(high - low), 1e-6)
    placed = [((points - (low + high) / 2) * scale + SIDE / 2).round(1) for points in strokes]
    return [{"x": points[:, 0].tolist(), "y": points[:, 1].tolist()} for points in placed]


def sheet(strokes: list[dict]) -> Drawing:
    """The drawing that Python makes of strokes which the page sends."""
    return Drawing.from_json({"width": SIDE, "height": SIDE, "strokes": strokes})


def is_own(strokes: list[dict], seen: str) -> bool:
    """Whether the picture that a model saw, a data URL, is that of these strokes."""
    with Image.open(io.BytesIO(base64.b64decode(seen.partition(",")[2]))) as picture:
        return picture.tobytes() == sheet(strokes).render(picture.width).tobytes()
