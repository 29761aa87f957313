"""One stroke: what the pen did between touching the paper and leaving it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from zsbir.errors import DrawingError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

MAX_COORDINATE = 1e6  # canvas units; beyond it float32 no longer resolves a tenth of a unit


@dataclass(frozen=True, eq=False)
class Stroke:
    """Points of one stroke in drawing order; the arrays are checked, converted and made read-only.

    Attributes:
        points: (n, 2) float32, x to the right and y down, in canvas units, n >= 1.
        times: (n,) float32 milliseconds in any order, or None when unknown.
        pressures: (n,) float32 in [0, 1], or None when unknown.

    Raises:
        DrawingError: a shape is wrong, or a value is not a finite number in its range.
    """

    points: np.ndarray
    times: np.ndarray | None = None
    pressures: np.ndarray | None = None

    def __post_init__(self) -> None:
        points = _numbers(self.points, "point coordinates", -MAX_COORDINATE, MAX_COORDINATE)
        if points.ndim != 2 or points.shape[1] != 2 or len(points) == 0:
            raise DrawingError(f"A stroke needs points of shape (n, 2) with n >= 1, not {points.shape}.")
        object.__setattr__(self, "points", points)
        for name, low, high in (("times", -np.inf, np.inf), ("pressures", 0.0, 1.0)):
            if (values := getattr(self, name)) is None:
                continue
            values = _numbers(values, name, low, high)
            if values.shape != (len(points),):
                raise DrawingError(f"A stroke with {len(points)} points needs as many {name}.")
            object.__setattr__(self, name, values)

    @classmethod
    def from_columns(cls, x: Any, y: Any, times: Any = None, pressures: Any = None) -> Stroke:
        """Join coordinates that a file format keeps in separate lists.

        Args:
            x: n numbers, in canvas units.
            y: as many numbers.
            times: as many milliseconds, or None.
            pressures: as many numbers in [0, 1], or None.

        Raises:
            DrawingError: the lists differ in length or hold something else than finite numbers.
        """
        columns = [_numbers(values, name) for values, name in ((x, "x"), (y, "y"))]
        if columns[0].ndim != 1 or columns[0].shape != columns[1].shape:
            raise DrawingError("Each stroke needs two flat lists of the same length, x and y.")
        return cls(np.stack(columns, axis=1), times, pressures)

    def __len__(self) -> int:
        return len(self.points)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Stroke):
            return NotImplemented
        return all(
            np.array_equal(getattr(self, name), getattr(other, name))
            for name in ("points", "times", "pressures")
        )

    __hash__ = None  # arrays inside: equal by value, so not to be used as a key


def _numbers(values: ArrayLike, name: str, low: float = -np.inf, high: float = np.inf) -> np.ndarray:
    """Return a read-only float32 array, or say which values are no finite numbers in [low, high]."""
    try:
        array = np.asarray(values)
    except (ValueError, TypeError, OverflowError) as error:
        raise DrawingError(f"The {name} of a stroke must be a flat list of numbers.") from error
    if array.dtype.kind not in "iuf" and array.size:
        raise DrawingError(f"The {name} of a stroke must be numbers; something else was found.")
    with np.errstate(over="ignore"):  # what overflows becomes inf, which the next line reports
        array = array.astype(np.float32)
    if not np.isfinite(array).all():
        raise DrawingError(f"The {name} of a stroke must be finite numbers; NaN or infinity was found.")
    if ((array < low) | (array > high)).any():
        raise DrawingError(f"The {name} of a stroke must lie between {low:g} and {high:g}.")
    array.flags.writeable = False
    return array
