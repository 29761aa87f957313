"""SVG's basic shapes as path data, its lengths as numbers and its transforms as matrices."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

import numpy as np

from zsbir.errors import DrawingError
from zsbir.strokes.svg_path import NUMBERS

Attributes = Mapping[str, str]

_UNITS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}
_TRANSFORMS = re.compile(r"(matrix|translate|scale|rotate|skewX|skewY)\s*\(([^()]*)\)")


def length(text: str, default: float, whole: float | None = None) -> float:
    """Return a length in pixels; percentages of `whole`; `default` for what cannot be read."""
    match = NUMBERS.match(text.strip())
    if match is None:
        return default
    unit = text.strip()[match.end() :].strip()
    if unit == "%":
        return default if whole is None else float(match[0]) * whole / 100
    return float(match[0]) * _UNITS.get(unit, 1.0)


def matrix(text: str) -> np.ndarray:
    """Return a transform list as one (3, 3) float64 matrix for column vectors (x, y, 1).

    Raises:
        DrawingError: a transform has the wrong number of arguments.
    """
    result = np.eye(3)
    for name, arguments in _TRANSFORMS.findall(text):
        numbers = [float(number) for number in NUMBERS.findall(arguments)]
        try:
            a, b, c, d, e, f = _MATRICES[name](*numbers)
        except TypeError as error:
            raise DrawingError(f'The SVG has a transform "{name}" with {len(numbers)} numbers.') from error
        result = result @ np.array([[a, c, e], [b, d, f], [0, 0, 1]])
    return result


def _rotate(angle: float, x: float = 0, y: float = 0) -> tuple[float, ...]:
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    return cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y


_MATRICES: dict[str, Callable[..., tuple[float, ...]]] = {
    "matrix": lambda a, b, c, d, e, f: (a, b, c, d, e, f),
    "translate": lambda x, y=0.0: (1, 0, 0, 1, x, y),
    "scale": lambda x, y=None: (x, 0, 0, x if y is None else y, 0, 0),
    "rotate": _rotate,
    "skewX": lambda angle: (1, 0, math.tan(math.radians(angle)), 1, 0, 0),
    "skewY": lambda angle: (1, math.tan(math.radians(angle)), 0, 1, 0, 0),
}


def _values(attributes: Attributes, names: str) -> list[float]:
    return [length(attributes.get(name, ""), 0.0) for name in names.split()]


def _line(attributes: Attributes) -> str:
    x1, y1, x2, y2 = _values(attributes, "x1 y1 x2 y2")
    return f"M{x1} {y1}L{x2} {y2}"


def _polyline(attributes: Attributes) -> str:
    numbers = NUMBERS.findall(attributes.get("points", ""))
    return "M" + " ".join(numbers[: len(numbers) // 2 * 2]) if len(numbers) >= 2 else ""


def _polygon(attributes: Attributes) -> str:
    return _polyline(attributes) and _polyline(attributes) + "Z"


def _ellipse(cx: float, cy: float, rx: float, ry: float) -> str:
    if rx <= 0 or ry <= 0:
        return ""
    return f"M{cx + rx} {cy}A{rx} {ry} 0 0 1 {cx - rx} {cy}A{rx} {ry} 0 0 1 {cx + rx} {cy}Z"


def _circle(attributes: Attributes) -> str:
    cx, cy, radius = _values(attributes, "cx cy r")
    return _ellipse(cx, cy, radius, radius)


def _rect(attributes: Attributes) -> str:
    x, y, width, height = _values(attributes, "x y width height")
    if width <= 0 or height <= 0:
        return ""
    rx = length(attributes.get("rx", attributes.get("ry", "")), 0.0)
    ry = length(attributes.get("ry", attributes.get("rx", "")), 0.0)
    rx, ry = min(max(rx, 0.0), width / 2), min(max(ry, 0.0), height / 2)
    corner = f"a{rx} {ry} 0 0 1 "
    return (
        f"M{x + rx} {y}h{width - 2 * rx}{corner}{rx} {ry}v{height - 2 * ry}{corner}{-rx} {ry}"
        f"h{2 * rx - width}{corner}{-rx} {-ry}v{2 * ry - height}{corner}{rx} {-ry}Z"
    )


SHAPES: dict[str, Callable[[Attributes], str]] = {
    "path": lambda attributes: attributes.get("d", ""),
    "line": _line,
    "polyline": _polyline,
    "polygon": _polygon,
    "circle": _circle,
    "ellipse": lambda attributes: _ellipse(*_values(attributes, "cx cy rx ry")),
    "rect": _rect,
}
