"""SVG documents, read as strokes and written from them.

Reading takes the outlines of all shapes with their transforms; colours, fills and line widths do not matter
to a drawing. Hidden elements, text, pictures and `<use>` are left out, style sheets are not read, and nothing
outside the document is ever opened. Every step takes time in proportion to the text, whatever is in it.
"""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import numpy as np

from zsbir.errors import DrawingError
from zsbir.strokes import limits
from zsbir.strokes.render import LINE_WIDTH, MARGIN
from zsbir.strokes.stroke import Stroke
from zsbir.strokes.svg_path import NUMBERS, path_points
from zsbir.strokes.svg_shapes import SHAPES, length, matrix

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_GROUPS = ("svg", "g", "a", "switch")
SHOWN = 60  # letters of what is no SVG, in the sentence that says so
LONGEST_NAME = 4096  # letters of a file's name; a longer text is a document
_CURVE_STEP = 1 / 200  # of the canvas: length of the straight pieces that stand for a curve


def parse_svg(text: str | bytes) -> tuple[list[Stroke], float, float]:
    """Read the outlines of an SVG document; one stroke per subpath, points that repeat are dropped.

    Returns:
        Strokes, canvas width and canvas height.

    Raises:
        DrawingError: the text is no SVG, or larger than `zsbir.strokes.limits` allows.
    """
    root = _parse_xml(text)
    left, top, width, height = _view(root)
    step = max(width, height) * _CURVE_STEP
    strokes: list[Stroke] = []
    points = 0
    for shape, transform in _shapes(root):
        new = [Stroke(line - (left, top)) for line in _outline(shape, transform, step)]
        points += sum(map(len, new))
        strokes += new
        limits.check_totals(len(strokes), points)
    return strokes, width, height


def write_svg(strokes: Sequence[Stroke], width: float, height: float) -> str:
    """Write one path per stroke, black, as wide as the rendering would show it."""
    paths = "\n".join(f'<path d="{_path_data(stroke)}"/>' for stroke in strokes)
    style = 'fill="none" stroke="black" stroke-linecap="round" stroke-linejoin="round"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">\n'
        f'<g {style} stroke-width="{_line_width(strokes, width, height):.4g}">\n{paths}\n</g>\n</svg>\n'
    )


def _parse_xml(text: str | bytes) -> ElementTree.Element:
    is_name = isinstance(text, str) and len(text) < LONGEST_NAME and "<" not in text
    if is_name or isinstance(text, os.PathLike):
        raise DrawingError(
            f"The text of an SVG is read here, not {_short(text)}, which looks like the name of a file; open "
            "that first, as in Drawing.from_svg(Path('chair.svg').read_text())."
        )
    limits.check_bytes(text)
    try:
        text = text.decode("utf-8-sig") if isinstance(text, bytes) else text
    except UnicodeDecodeError as error:
        raise DrawingError("The SVG is not UTF-8 text. Save it again as plain SVG.") from error
    if "<!ENTITY" in text:
        raise DrawingError("The SVG defines XML entities, which are not read. Save it again as plain SVG.")
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError) as error:
        raise DrawingError(f"The file is not an SVG that can be read ({error}). Save it again.") from error
    if _name(root) != "svg":
        raise DrawingError("The file holds no <svg> element.")
    return root


def _short(text: str | os.PathLike[str]) -> str:
    text = str(text)
    return repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}...")


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _view(root: ElementTree.Element) -> tuple[float, float, float, float]:
    """Return left, top, width and height of the canvas in the unit of the root's children."""
    box = [float(number) for number in NUMBERS.findall(root.get("viewBox", ""))]
    if len(box) == 4 and box[2] > 0 and box[3] > 0:
        return box[0], box[1], box[2], box[3]
    width, height = (length(root.get(name, ""), 1000.0, 1000.0) for name in ("width", "height"))
    return 0.0, 0.0, width if width > 0 else 1000.0, height if height > 0 else 1000.0


def _shapes(root: ElementTree.Element) -> Iterator[tuple[ElementTree.Element, np.ndarray]]:
    """Yield the visible shapes in document order with their transforms, (3, 3) float64."""
    pending = [(root, np.eye(3))]
    while pending:
        element, transform = pending.pop()
        if _is_hidden(element):
            continue
        transform = transform @ matrix(element.get("transform", ""))
        if _name(element) in _GROUPS:
            pending += [(child, transform) for child in reversed(element)]
        elif _name(element) in SHAPES:
            yield element, transform


def _is_hidden(element: ElementTree.Element) -> bool:
    style = element.get("style", "").replace(" ", "")
    return (
        element.get("display") == "none"
        or element.get("visibility") in ("hidden", "collapse")
        or "display:none" in style
        or "visibility:hidden" in style
    )


def _outline(shape: ElementTree.Element, transform: np.ndarray, step: float) -> list[np.ndarray]:
    """Return the subpaths of a shape as arrays (n, 2) float64 in the unit of the canvas."""
    size = math.hypot(*transform[:2, :2].ravel()) / math.sqrt(2) or 1.0
    try:
        lines = path_points(SHAPES[_name(shape)](shape.attrib), step / size)
    except ArithmeticError as error:
        raise DrawingError("The SVG has a shape with numbers that are too large to draw.") from error
    with np.errstate(all="ignore"):  # what overflows is reported by Stroke
        points = [np.stack([line.real, line.imag], axis=1) @ transform[:2, :2].T for line in lines]
        return [_without_repeats(line + transform[:2, 2]) for line in points]


def _without_repeats(points: np.ndarray) -> np.ndarray:
    return points[np.concatenate([[True], (points[1:] != points[:-1]).any(axis=1)])]


def _path_data(stroke: Stroke) -> str:
    """Write a stroke as path data; a dot as a line of no length, which round caps make visible."""
    points = [f"{x} {y}" for x, y in stroke.points.astype(str)]
    return f"M{points[0]}L" + " ".join(points[1:] or points)


def _line_width(strokes: Sequence[Stroke], width: float, height: float) -> float:
    """Return the width that the rendering's lines have in the units of the canvas."""
    points = np.concatenate([stroke.points for stroke in strokes] or [np.zeros((1, 2))])
    extent = float(np.ptp(points, axis=0).max()) or max(width, height)
    return extent * LINE_WIDTH / (1 - 2 * MARGIN - LINE_WIDTH)
