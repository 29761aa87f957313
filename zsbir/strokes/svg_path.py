"""SVG path data to points: all commands, curves cut into straight pieces.

A point is a complex number here, x + y i, which turns most of the geometry into arithmetic.
"""

from __future__ import annotations

import cmath
import math
import re
from itertools import cycle, pairwise

import numpy as np

from zsbir.errors import DrawingError
from zsbir.strokes import limits

# What follows the digits may always be absent, so no text makes this go back and divide them differently.
NUMBERS = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_COMMANDS = re.compile(r"([MmLlHhVvCcSsQqTtAaZz])([^MmLlHhVvCcSsQqTtAaZz]*)")
_GAP = re.compile(r"[\s,]*")
# The two flags of an arc are single digits that need no separator: "a1 1 0 01.5.5".
_FLAG = re.compile(r"[01]")
_ARC = (NUMBERS, NUMBERS, NUMBERS, _FLAG, _FLAG, NUMBERS, NUMBERS)
_ARITY = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}
_MOST_PIECES = 64  # for one curve


def path_points(data: str, step: float) -> list[np.ndarray]:
    """Follow path data.

    Args:
        data: what stands in the attribute `d`.
        step: length of the straight pieces that stand for a curve, in the path's unit.

    Returns:
        One complex128 array (n,) per subpath, n >= 2; a lone "move to" draws nothing.

    Raises:
        DrawingError: a command has the wrong number of arguments, or there are too many points.
    """
    pen = _Pen(step)
    for letter, text in _COMMANDS.findall(data):
        kind = letter.upper()
        numbers = [float(number) for number in _arguments(kind, text)]
        arity = _ARITY[kind]
        if (len(numbers) % arity if arity else len(numbers)) or (arity and not numbers):
            raise DrawingError(f'The SVG has a path whose command "{letter}" has {len(numbers)} numbers.')
        for first in range(0, len(numbers) or 1, arity or 1):
            pen.follow(kind, numbers[first : first + arity], relative=letter.islower())
            kind = "L" if kind == "M" else kind
    return [np.array(line) for line in pen.lines if len(line) > 1]


def _arguments(kind: str, text: str) -> list[str]:
    return _arc_arguments(text) if kind == "A" else NUMBERS.findall(text)


def _arc_arguments(text: str) -> list[str]:
    """Read one token after the other, without going back, up to the first that does not belong there."""
    found: list[str] = []
    end = 0
    for pattern in cycle(_ARC):
        match = pattern.match(text, _GAP.match(text, end).end())
        if match is None:
            break
        found.append(match[0])
        end = match.end()
    return found


class _Pen:
    """Where the pen is, and what it has drawn."""

    def __init__(self, step: float) -> None:
        self.lines: list[list[complex]] = []
        self._step = step
        self._here = self._start = 0j
        self._control: tuple[str, complex] = ("", 0j)  # kind and last control point of the last curve
        self._closed = True  # the next line begins a new subpath
        self._count = 0

    def follow(self, kind: str, numbers: list[float], *, relative: bool) -> None:
        """Carry out one command of upper-case letter `kind` with exactly its numbers."""
        here = self._here
        origin = here if relative else 0j
        if kind == "Z":
            self._line([self._start])
            self._closed = True
        elif kind == "A":
            end = origin + complex(*numbers[5:])
            self._line(arc_points(here, end, *numbers[:5], step=self._step))
        elif kind in "HV":
            x = origin.real + numbers[0] if kind == "H" else here.real
            y = origin.imag + numbers[0] if kind == "V" else here.imag
            self._line([complex(x, y)])
        else:
            points = [origin + complex(*pair) for pair in zip(numbers[::2], numbers[1::2], strict=True)]
            self._to(kind, points)
        if kind not in "CSQT":
            self._control = ("", 0j)

    def _to(self, kind: str, points: list[complex]) -> None:
        """Carry out a command whose numbers are points: M, L or one of the Bézier curves."""
        if kind == "M":
            self._here = self._start = points[0]
            self._closed = True
        elif kind == "L":
            self._line(points)
        else:
            family = "CS" if kind in "CS" else "QT"
            if kind in "ST":  # the first control point mirrors the last one of a curve of the same family
                last_kind, last = self._control
                points = [2 * self._here - last if last_kind == family else self._here, *points]
            self._control = (family, points[-2])
            self._line(bezier_points([self._here, *points], self._step))

    def _line(self, points: list[complex]) -> None:
        if not points:
            return
        if self._closed:
            self.lines.append([self._here])
            self._closed = False
        self.lines[-1] += points
        self._here = points[-1]
        self._count += len(points)
        limits.check_totals(len(self.lines), self._count)


def bezier_points(control: list[complex], step: float) -> list[complex]:
    """Return points of a Bézier curve of any degree after its start, by de Casteljau's scheme."""
    length = sum(abs(b - a) for a, b in pairwise(control))
    shares = _shares(length, step)
    levels = [np.full(shares.shape, point) for point in control]
    while len(levels) > 1:
        levels = [a + (b - a) * shares for a, b in pairwise(levels)]
    return [*levels[0][:-1].tolist(), control[-1]]


def arc_points(
    start: complex,
    end: complex,
    rx: float,
    ry: float,
    rotation: float,
    large: float,
    sweep: float,
    *,
    step: float,
) -> list[complex]:
    """Return points of an elliptical arc after its start (SVG 1.1, appendix F.6).

    Args:
        start: first point.
        end: last point.
        rx: first half axis; both are enlarged when the ellipse cannot reach from start to end.
        ry: second half axis.
        rotation: of the first axis against x, in degrees.
        large: 1 for the longer way round, 0 for the shorter.
        sweep: 1 for increasing angles, 0 for decreasing.
        step: length of the straight pieces.
    """
    rx, ry = abs(rx), abs(ry)
    if start == end:
        return []
    if rx == 0 or ry == 0:
        return [end]
    turn = cmath.exp(1j * math.radians(rotation))
    first, last = ((point / turn).real / rx + 1j * (point / turn).imag / ry for point in (start, end))
    half = (last - first) / 2  # in a space where the ellipse is a unit circle
    reach = abs(half)
    if reach == 0 or not cmath.isfinite(half):
        return [end]
    radius = max(1.0, reach)
    side = 1 if large != sweep else -1
    centre = (first + last) / 2 + side * 1j * half / reach * math.sqrt(max(0.0, radius**2 - reach**2))
    angle = cmath.phase((last - centre) / (first - centre))
    if sweep and angle < 0:
        angle += 2 * math.pi
    elif not sweep and angle > 0:
        angle -= 2 * math.pi
    shares = _shares(abs(angle) * radius * max(rx, ry), step)
    circle = centre + (first - centre) * np.exp(1j * angle * shares)
    points = (circle.real * rx + 1j * circle.imag * ry) * turn
    return [*points[:-1].tolist(), end]


def _shares(length: float, step: float) -> np.ndarray:
    """Return the positions in (0, 1] at which a curve of a length is cut."""
    pieces = max(2, min(_MOST_PIECES, math.ceil(length / step))) if math.isfinite(length) else 2
    return np.arange(1, pieces + 1) / pieces
