"""Drawings of nothing, made up: what people draw to see a sketchpad fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from zsbir.strokes import Drawing, Stroke

SIDE = 600  # of the sheet, in its own units
WORDS = ("HELLO", "CAT", "LOVE", "HELP", "WHAT", "APPLE", "MAGIC", "ROBOT", "QUIZ", "JUMP")
# Capitals of straight strokes: points as digits x, y with x from 0 to 2 and y from 0 (above) to 4.
LETTERS = {
    "A": "041024 0222", "B": "040021022304", "C": "201001031424", "D": "04001021231404",
    "E": "20000424 0212", "F": "200004 0212", "G": "2010010314242212", "H": "0004 2024 0222",
    "I": "1014", "J": "20231403", "K": "0004 200224", "L": "000424", "M": "0400122024",
    "N": "04002420", "O": "10010314232110", "P": "040010211202", "Q": "10010314232110 1324",
    "R": "040010211202 1224", "S": "20100112231404", "T": "0020 1014", "U": "0003142320",
    "V": "001420", "W": "0004122420", "X": "0024 2004", "Y": "001220 1214", "Z": "00200424",
}  # fmt: skip


def scribble(rng: np.random.Generator) -> Drawing:
    """A pen that wanders without ever leaving the paper for long."""
    turns = np.cumsum(rng.normal(0, rng.uniform(0.1, 0.9), rng.integers(60, 400))) + rng.uniform(0, 7)
    return _drawing([np.cumsum(np.stack([np.cos(turns), np.sin(turns)], axis=1), axis=0)])


def hatching(rng: np.random.Generator) -> Drawing:
    """A pen that goes to and fro."""
    turns = rng.integers(10, 40)
    across = np.arange(turns) * rng.uniform(0.05, 0.3) + rng.normal(0, 0.05, turns)
    along = np.where(np.arange(turns) % 2, 1, -1) * rng.uniform(0.5, 1, turns)
    angle = rng.uniform(0, np.pi)
    turned = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return _drawing([np.stack([across, along], axis=1) @ turned])


def loose_lines(rng: np.random.Generator) -> Drawing:
    """Lines and arcs here and there."""
    return _drawing([_line(rng) for _ in range(rng.integers(3, 10))])


def word(rng: np.random.Generator) -> Drawing:
    """A word in capitals, by an unsteady hand."""
    letters = [stroke for place, letter in enumerate(rng.choice(WORDS)) for stroke in _letter(letter, place)]
    return _drawing([stroke + rng.normal(0, 0.08, stroke.shape) for stroke in letters])


KINDS: dict[str, Callable[[np.random.Generator], Drawing]] = {
    "scribbles": scribble,
    "hatching": hatching,
    "loose lines": loose_lines,
    "words": word,
}
"""What people may read -> how to draw it."""


def draw_nonsense(kind: str, count: int, seed: int = 0) -> list[Drawing]:
    """Draw several of one of `KINDS`; the same for the same seed."""
    rng = np.random.default_rng([seed, *kind.encode()])
    return [KINDS[kind](rng) for _ in range(count)]


def _line(rng: np.random.Generator) -> NDArray[np.float64]:
    """From one place to another, bent to one side: (20, 2)."""
    start, end, bend = rng.uniform(0, 1, (3, 2))
    share = np.linspace(0, 1, 20)[:, None]
    return start * (1 - share) + end * share + (bend - 0.5) * np.sin(np.pi * share)


def _letter(letter: str, place: int) -> Iterator[NDArray[np.float64]]:
    for stroke in LETTERS[letter].split():
        points = np.array([int(digit) for digit in stroke], dtype=float).reshape(-1, 2)
        yield points + np.array([3 * place, 0])


def _drawing(strokes: list[NDArray[np.float64]]) -> Drawing:
    """Fit strokes of any size into the middle of a sheet."""
    points = np.concatenate(strokes)
    low, size = points.min(axis=0), max(float(np.ptp(points, axis=0).max()), 1e-9)
    fitted = [(stroke - low) / size * 0.8 * SIDE + 0.1 * SIDE for stroke in strokes]
    return Drawing(tuple(Stroke(stroke.astype(np.float32)) for stroke in fitted), SIDE, SIDE)
