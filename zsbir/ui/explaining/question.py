"""A question about a drawing, as the page asks it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from zsbir.errors import ZSBIRError
from zsbir.ui.drawings import read_sheet
from zsbir.ui.sketchpad import SheetValue

if TYPE_CHECKING:
    from PIL.Image import Image

    from zsbir.strokes import Drawing


class Question(BaseModel):
    """What every question carries; what only some need stands in `more`.

    Attributes:
        what: The kind of question, one of `KINDS`.
        gallery: The gallery that is chosen on the page.
        method: The family that is chosen.
        mode: "category" or "fine-grained".
        category: The category that is chosen, or None for an assumed one.
        photo: The id of a photo, if the question is about one.
        sheet: The drawing.
        more: Whatever else a kind needs; its module checks it.
    """

    model_config = ConfigDict(extra="forbid")

    what: str
    gallery: str
    method: str
    mode: str = "category"
    category: str | None = None
    photo: str | None = None
    sheet: SheetValue = Field(default_factory=SheetValue)
    more: dict[str, Any] = Field(default_factory=dict)

    @property
    def drawing(self) -> Drawing | Image:
        """Strokes, or the picture of a sketch.

        Raises:
            DrawingError: The strokes cannot be read.
            ImageError: The picture cannot be read.
        """
        return read_sheet(self.sheet)

    @property
    def photo_id(self) -> str:
        """The photo that is asked about; ZSBIRError if there is none."""
        if self.photo is None:
            raise ZSBIRError("Choose a photo first.")
        return self.photo
