"""What every imported picture goes through: white paper, tight framing, gallery size, JPEG."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from PIL import Image

SIDE = 384
"""Longest side of a gallery picture, in pixels."""

SMALL = 192
"""Longest side that smaller pictures are enlarged to, in pixels."""

QUALITY = 88
"""JPEG quality of a gallery picture."""

_MARGIN = 0.04
_PAPER = 248


def trim(image: Image.Image, margin: float = _MARGIN) -> Image.Image:
    """Cut off empty paper and leave an even white margin.

    Args:
        image: RGB on white.
        margin: Width of the margin, relative to the longest side of what is on the paper.

    Returns:
        An RGB image; an empty sheet comes back as it is.
    """
    box = ink_box(image)
    if box is None:
        return image
    cut = image.crop(box)
    border = max(2, round(margin * max(cut.size)))
    framed = Image.new("RGB", (cut.width + 2 * border, cut.height + 2 * border), "white")
    framed.paste(cut, (border, border))
    return framed


def enlarge(image: Image.Image, side: int = SMALL) -> Image.Image:
    """Scale a picture up until its longest side is `side` pixels; bigger ones stay as they are.

    A picture of 50 pixels would otherwise be enlarged by the browser, compression blocks and all.
    """
    factor = side / max(image.size)
    if factor <= 1:
        return image
    size = (round(image.width * factor), round(image.height * factor))
    return image.resize(size, Image.Resampling.BICUBIC)


def ink_box(image: Image.Image) -> tuple[int, int, int, int] | None:
    """Find what is not paper.

    Args:
        image: RGB on white.

    Returns:
        Left, top, right, bottom in pixels (right and bottom outside), or None if the sheet is empty.
    """
    ink = (np.asarray(image) < _PAPER).any(axis=2)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not rows.size:
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def save_photo(image: Image.Image, path: Path, side: int = SIDE) -> None:
    """Write a gallery picture, whole or not at all.

    Args:
        image: RGB; scaled down, never up.
        path: Where to, a .jpg; missing folders are made.
        side: Longest side allowed, in pixels.
    """
    small = image.copy()
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    small.save(partial, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    os.replace(partial, path)
