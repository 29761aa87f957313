"""A sketch on paper to strokes: its lines followed as a hand might have drawn them."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from zsbir.errors import DrawingError
from zsbir.images.paper import find_ink
from zsbir.images.thinning import centre_lines
from zsbir.strokes import Drawing, Stroke

if TYPE_CHECKING:
    from PIL import Image

MOST_STROKES = 400  # nobody draws more by hand; a photo of anything but a line drawing has thousands
_MOST_PIXELS = 60_000  # of line, which a page full of drawing does not reach
_SPUR = 1.5  # line widths: a shorter side branch is a blot at the edge of a thick line
_SMOOTH = 1 / 300  # of the drawing: what the steps of the pixels differ from a line
_TANGENT = 8  # pixels of an end that tell where a line is heading
_STRAIGHT = -0.5  # cosine between two ends that meet, from which they are one stroke

Pixel = tuple[int, int]  # row, column


def trace_sketch(image: Image.Image) -> Drawing:
    """Redraw a sketch on paper, scanned or photographed, as strokes; see `find_ink` for what is cleaned.

    Lines become strokes along their middle, so that a marker and a fine pen end up the same; what is filled
    becomes its outline. Order and direction of the strokes are a guess, times and pressures unknown.

    Args:
        image: of any size and mode; transparent parts count as white.

    Returns:
        The drawing on a canvas as large as the page, at most 1,024 units long.

    Raises:
        DrawingError: there is no ink on the paper, or the picture is no line drawing.
    """
    ink = find_ink(image)
    height, width = ink.shape
    rows, columns = np.nonzero(ink)
    if not len(rows):
        raise DrawingError(
            "There is no drawing on this paper. Take the picture from nearer, in better light."
        )
    corner = np.array([columns.min(), rows.min()], np.float32)
    ink = ink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    lines = centre_lines(ink)
    length = int(lines.sum())
    strokes = trace(lines, _SPUR * int(ink.sum()) / length) if length <= _MOST_PIXELS else []
    if not 0 < len(strokes) <= MOST_STROKES:
        raise DrawingError(
            f"This picture is no line drawing: it would take more than {MOST_STROKES} strokes. "
            "Crop it to the drawing."
        )
    drawing = Drawing(tuple(Stroke(stroke + corner) for stroke in strokes), width, height)
    return drawing.simplified(_SMOOTH)


def trace(lines: np.ndarray, spur: float = 0) -> list[np.ndarray]:
    """Follow lines from end to end, straight on where they cross.

    Args:
        lines: (height, width) uint8, 1 on lines of one pixel, as `thin` leaves them.
        spur: pixels up to which a side branch is a blot at the edge of a thick line, and left out.

    Returns:
        Strokes as arrays (n, 2) float32 of x and y, n >= 1; nearest to the end of one comes the next.
    """
    neighbours = _neighbours(lines)
    pieces = [piece for piece in _pieces(neighbours) if not _is_spur(piece, neighbours, spur)]
    strokes = [np.array(stroke, np.float32)[:, ::-1] + 0.5 for stroke in _joined(pieces)]
    return _in_order(strokes)


def _neighbours(lines: np.ndarray) -> dict[Pixel, list[Pixel]]:
    """Return which pixels touch: by an edge, or by a corner when no pixel touches both by an edge."""
    pixels = set(zip(*map(np.ndarray.tolist, np.nonzero(lines)), strict=True))
    found = {}
    for row, column in pixels:
        edges = [
            p
            for p in ((row - 1, column), (row, column + 1), (row + 1, column), (row, column - 1))
            if p in pixels
        ]
        corners = [
            (row + down, column + right)
            for down in (-1, 1)
            for right in (-1, 1)
            if (row + down, column + right) in pixels
            and (row + down, column) not in pixels
            and (row, column + right) not in pixels
        ]
        found[row, column] = edges + corners
    return found


def _pieces(neighbours: dict[Pixel, list[Pixel]]) -> list[list[Pixel]]:
    """Cut the lines at ends and crossings; then what is left are rings and dots."""
    pieces = [[pixel] for pixel, near in neighbours.items() if not near]
    walked: set = set()
    nodes = [pixel for pixel, near in neighbours.items() if len(near) != 2]
    for start in [*nodes, *neighbours]:
        for step in neighbours[start]:
            if len(neighbours[start]) == 2 and start in walked:
                break  # in the middle of a piece, or of a ring that is known
            if (start, step) not in walked:
                pieces.append(_walk(start, step, neighbours, walked))
    return pieces


def _walk(start: Pixel, step: Pixel, neighbours: dict, walked: set) -> list[Pixel]:
    piece = [start]
    while True:
        walked.update(((piece[-1], step), (step, piece[-1])))
        piece.append(step)
        onward = [pixel for pixel in neighbours[step] if pixel != piece[-2]]
        if step == start or len(onward) != 1 or len(neighbours[step]) != 2:
            return piece
        walked.add(step)
        step = onward[0]


def _is_spur(piece: list[Pixel], neighbours: dict[Pixel, list[Pixel]], length: float) -> bool:
    ends = sorted(len(neighbours[pixel]) for pixel in (piece[0], piece[-1]))
    return len(piece) <= length and ends[0] == 1 and ends[1] > 2


def _joined(pieces: list[list[Pixel]]) -> list[list[Pixel]]:
    """Join pieces that meet and go straight on, the straightest pair first."""
    ends: dict[Pixel, list[tuple[int, bool]]] = {}
    for number, piece in enumerate(pieces):
        if len(piece) > 1 and piece[0] != piece[-1]:
            ends.setdefault(piece[0], []).append((number, False))
            ends.setdefault(piece[-1], []).append((number, True))
    partner: dict[tuple[int, bool], tuple[int, bool]] = {}
    for meeting in ends.values():
        pairs = [
            (_heading(pieces, a) @ _heading(pieces, b), a, b)
            for i, a in enumerate(meeting)
            for b in meeting[:i]
        ]
        for cosine, a, b in sorted(pairs):
            if cosine < _STRAIGHT and a[0] != b[0] and a not in partner and b not in partner:
                partner[a], partner[b] = b, a
    return _chains(pieces, partner)


def _heading(pieces: list[list[Pixel]], end: tuple[int, bool]) -> np.ndarray:
    """Return the direction away from an end, (2,) of unit length."""
    number, is_last = end
    piece = pieces[number][::-1] if is_last else pieces[number]
    way = np.subtract(piece[min(_TANGENT, len(piece) - 1)], piece[0]).astype(float)
    return way / np.hypot(*way)


def _chains(pieces: list[list[Pixel]], partner: dict) -> list[list[Pixel]]:
    strokes, done = [], set()
    loose = [(n, last) for n in range(len(pieces)) for last in (False, True) if (n, last) not in partner]
    rings = [(n, False) for n in range(len(pieces))]
    for number, is_last in [*loose, *rings]:
        stroke: list[Pixel] = []
        while number not in done:
            done.add(number)
            piece = pieces[number][::-1] if is_last else pieces[number]
            stroke += piece[1:] if stroke else piece
            number, is_last = partner.get((number, not is_last), (number, is_last))
        if stroke:
            strokes.append(stroke)
    return strokes


def _in_order(strokes: list[np.ndarray]) -> list[np.ndarray]:
    """Begin at the top left, then always go on with the nearest end."""
    left, ordered, at = deque(strokes), [], np.zeros(2, np.float32)
    while left:
        reach = [min(np.hypot(*(stroke[0] - at)), np.hypot(*(stroke[-1] - at))) for stroke in left]
        left.rotate(-int(np.argmin(reach)))
        stroke = left.popleft()
        if np.hypot(*(stroke[-1] - at)) < np.hypot(*(stroke[0] - at)):
            stroke = stroke[::-1]
        ordered.append(stroke)
        at = stroke[-1]
    return ordered
