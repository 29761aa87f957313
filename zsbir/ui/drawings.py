"""What the sheet sent, and what it need not send again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from zsbir.images import open_image
from zsbir.strokes import Drawing
from zsbir.ui.formats import PICTURE_PIXELS, decode_picture
from zsbir.ui.sketchpad import SheetValue

if TYPE_CHECKING:
    from PIL.Image import Image

KEPT = 100  # visitors, the latest; a drawing takes some kilobytes, a picture of the page's size 0.8 MB
KEPT_PIXELS = 512 * 512


class ForgottenError(Exception):
    """The drawing that a page refers to is not here any more; the page sends it again."""


class Drawings:
    """The newest drawing of each visitor while the page is open, so that switching a setting sends none.

    Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[int, Drawing | Image]] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, visitor: str, sheet: SheetValue) -> Drawing | Image:
        """Read what a sheet sent, or find what it sent before under the same number.

        Raises:
            DrawingError: The strokes cannot be read.
            ImageError: The picture cannot be read.
            ForgottenError: Only the number was sent, and the drawing is gone.
        """
        if sheet.kept:
            return self._recall(visitor, sheet.seq)
        drawing = read_sheet(sheet)
        if isinstance(drawing, Drawing) or drawing.width * drawing.height <= KEPT_PIXELS:
            with self._lock:
                self._kept[visitor] = sheet.seq, drawing
                self._kept.move_to_end(visitor)
                if len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
        return drawing

    def forget(self, visitor: str) -> None:
        """Drop a visitor's drawing: the sheet was cleared, or the page closed."""
        with self._lock:
            self._kept.pop(visitor, None)

    def _recall(self, visitor: str, seq: int) -> Drawing | Image:
        with self._lock:
            number, drawing = self._kept.get(visitor, (None, None))
        if drawing is None or number != seq:
            raise ForgottenError
        return drawing


def read_sheet(sheet: SheetValue) -> Drawing | Image:
    """Strokes, or the picture of a sketch; a picture already holds any strokes drawn on it."""
    if sheet.picture is None:
        return Drawing.from_json(sheet.model_dump(include={"width", "height", "strokes"}, exclude_none=True))
    return open_image(decode_picture(sheet.picture), max_pixels=PICTURE_PIXELS)
