"""Where it matches: the parts of a sketch against the parts of a photo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from zsbir.errors import GalleryError, ImageError, ZSBIRError
from zsbir.explain.grids import cell_boxes, holds, window_boxes
from zsbir.explain.parts import region_rows
from zsbir.explain.photos import category_for
from zsbir.explain.tokens import patch_grid, patch_rows
from zsbir.images import open_image, to_pixels
from zsbir.images.pixels import PAPER, letterbox
from zsbir.inference import run
from zsbir.methods.deep_dual import DeepDual
from zsbir.methods.dp_clip import DPCLIP

if TYPE_CHECKING:
    from zsbir.gallery import Photo
    from zsbir.methods import Method
    from zsbir.retriever import Retriever
    from zsbir.strokes import Drawing

KINDS = {
    "patches": "patches as they leave the last block; the vector of the whole picture has been made of them",
    "middle": "patches after two thirds of the blocks, which the cells of the layout are made of",
    "cells": "cells of the layout; each enters the score, compared with the one in the same place",
    "windows": "four overlapping windows; each enters the score, compared with the one in the same corner",
}
"""What can be compared, as people may read it."""

INK = 0.35  # darkness of a pixel that is a line and not its soft edge


@dataclass(frozen=True)
class Matches:
    """How alike the parts of two pictures are.

    Attributes:
        photo: Which photo.
        kind: What was compared, one of `KINDS`.
        kinds: What can be compared with this method.
        similarity: (s, p) float32 cosines of the sketch's parts with the photo's.
        sketch_grid: Rows and columns of the sketch's parts, which are numbered row by row.
        photo_grid: The same of the photo's.
        boxes: (s, 4) float32 left, top, right, bottom of each part of either picture, in [0, 1] of its side.
        ink: (s,) whether there is ink in a part of the sketch; a blank one says nothing of the drawing.
        filled: (p,) whether a part of the photo shows some of it, and not only the paper around it.
        sketch_seen: The sketch as the model saw it.
        photo_seen: The photo as the model saw it.
    """

    photo: Photo
    kind: str
    kinds: tuple[str, ...]
    similarity: NDArray[np.float32]
    sketch_grid: tuple[int, int]
    photo_grid: tuple[int, int]
    boxes: NDArray[np.float32]
    ink: NDArray[np.bool_]
    filled: NDArray[np.bool_]
    sketch_seen: Image.Image
    photo_seen: Image.Image


def match_kinds(method: Method) -> tuple[str, ...]:
    """What can be compared with a method: first what carries most of its score.

    The class token's patches do for most methods. Half the score of fine-grained deep dual prompts is their
    layout. At category level it is a tenth, and was learnt by two encoders whose cells hardly find each other
    again (17 % within one cell of their place, where chance finds 12 %), so patches go first there.
    """
    if isinstance(method, DeepDual) and method.cells:
        kinds = ("cells", "middle", "patches")
        return kinds if method.config.layout_weight >= 0.5 else kinds[::-1]
    if isinstance(method, DPCLIP) and method.local is not None:
        return ("patches", "windows")
    return ("patches",)


def match_parts(
    retriever: Retriever, drawing: Drawing | Image.Image, photo_id: str, kind: str | None = None
) -> Matches:
    """Compare the parts of a drawing with those of a photo; one pass for each of both.

    Args:
        retriever: Whose method, and whose gallery the photo is in.
        drawing: Strokes, or a picture of a sketch.
        photo_id: The photo.
        kind: One of `match_kinds`; None takes the first.

    Raises:
        DrawingError: Nothing has been drawn.
        GalleryError: The index does not have the photo, or its file is gone or broken.
        CheckpointError: The checkpoint's image tower has no patches.
        ZSBIRError: The method does not have this kind.
    """
    method = retriever.checkpoint.method
    kinds = match_kinds(method)
    kind = kind or kinds[0]
    if kind not in kinds:
        raise ZSBIRError(f"{method.name} has no {kind} to compare; it has: {', '.join(kinds)}.")
    place = retriever.index.place(photo_id)
    photo = retriever.index.photos[place]
    sketch_seen, photo_seen, inside = retriever.query_image(drawing), *_photo_seen(retriever, photo)
    category, patches = category_for(retriever, photo), patch_grid(method)
    if kind in ("patches", "middle"):
        grid, boxes = patches, cell_boxes(patches, patches)
        rows = run(_read_patches, retriever, sketch_seen, photo_seen, category, kind == "middle")
    else:
        vectors = (
            retriever.embed_query(sketch_seen, category),
            retriever.index.vectors(np.array([place]))[0],
        )
        rows = [region_rows(method, vector) for vector in vectors]
        layout = kind == "cells"
        grid = method.photo_encoder.layout.cells if layout else (2, 2)
        boxes = cell_boxes(grid, patches) if layout else window_boxes(patches)
    return Matches(
        photo=photo,
        kind=kind,
        kinds=kinds,
        similarity=rows[0] @ rows[1].T,
        sketch_grid=grid,
        photo_grid=grid,
        boxes=boxes,
        ink=holds(np.asarray(sketch_seen) < PAPER * (1 - INK), boxes),
        filled=holds(inside, boxes),
        sketch_seen=sketch_seen,
        photo_seen=photo_seen,
    )


def _read_patches(
    retriever: Retriever, sketch: Image.Image, photo: Image.Image, category: str | None, middle: bool
) -> list[NDArray[np.float32]]:
    method = retriever.checkpoint.method
    retriever.teach(category)
    pixels = [to_pixels(image, method.preprocess) for image in (sketch, photo)]
    return [rows.numpy() for rows in patch_rows(method, *pixels, category, middle=middle)]


def _photo_seen(retriever: Retriever, photo: Photo) -> tuple[Image.Image, NDArray[np.bool_]]:
    """The photo on its square of paper, and (side, side) where it is not paper."""
    side = retriever.checkpoint.method.preprocess.side
    try:
        image = open_image(retriever.gallery.path(photo).read_bytes())
    except OSError as error:
        raise GalleryError(f"The photo '{photo.id}' is gone from the disk; choose another one.") from error
    except ImageError as error:
        raise GalleryError(f"The photo '{photo.id}' cannot be opened. {error}") from error
    seen = letterbox(image, side)
    inside = letterbox(Image.new("L", image.size, 0), side)
    return seen, np.asarray(inside) < PAPER
