"""Files on the command line to drawings, one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from zsbir.errors import DrawingError, ImageError, ZSBIRError

if TYPE_CHECKING:
    from PIL.Image import Image

    from zsbir.strokes import Drawing

DRAWINGS = "SVG, Quick, Draw! ndjson, PNG, JPEG, WebP or GIF"


@dataclass(frozen=True)
class Query:
    """A drawing, or why there is none.

    Attributes:
        file: The file as it was named.
        line: Line of an ndjson file, from 1 on; None for other files.
        drawing: Strokes or a picture; None if it cannot be read.
        problem: Why not.
    """

    file: str
    line: int | None = None
    drawing: Drawing | Image | None = None
    problem: ZSBIRError | None = None

    @property
    def name(self) -> str:
        """What to call it in a list: FILE, or FILE:LINE."""
        return self.file if self.line is None else f"{self.file}:{self.line}"


def read_queries(file: str) -> Iterator[Query]:
    """Read the drawing of an SVG file or a picture, or the drawings of an ndjson file line by line."""
    suffix = Path(file).suffix.lower()
    try:
        if suffix == ".ndjson":
            yield from _read_lines(file)
        else:
            yield Query(file, drawing=_read_svg(file) if suffix == ".svg" else _read_picture(file))
    except OSError as error:
        yield Query(
            file, problem=DrawingError(f"Cannot read {file} ({error.strerror}); check that it exists.")
        )
    except ZSBIRError as error:
        yield Query(file, problem=error)


def _read_lines(file: str) -> Iterator[Query]:
    from zsbir.strokes import Drawing

    with open(file, "rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                yield Query(file, number, drawing=Drawing.from_quickdraw(line))
            except ZSBIRError as error:
                yield Query(file, number, problem=error)


def _read_svg(file: str) -> Drawing:
    from zsbir.strokes import Drawing

    return Drawing.from_svg(Path(file).read_bytes())


def _read_picture(file: str) -> Image:
    from PIL import UnidentifiedImageError

    from zsbir.images import open_image

    try:
        return open_image(file)
    except ImageError as error:
        if not isinstance(error.__cause__, UnidentifiedImageError):
            raise
        raise DrawingError(f"{file} is no drawing that can be read. Use {DRAWINGS}.") from error
