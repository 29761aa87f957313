"""A sketch on paper, scanned or photographed, brought to the look of a rendered drawing."""

from __future__ import annotations

import math

import cv2
import numpy as np
from PIL import Image

from zsbir.errors import DrawingError
from zsbir.images.opening import flatten
from zsbir.strokes import LINE_WIDTH, MARGIN

_OVERVIEW = 64  # pixels; enough to see how the light falls
_LONGEST = 1024  # pixels; what a sketch is worked on at most, several times what a model sees
FAINTEST = 0.08  # darkness that ink must have at least, above the noise
_FITS = 6  # rounds of fitting the paper while disregarding more and more of the ink
_EDGE = 0.2  # share of the picture's edge that no drawing covers
NOISE = 5.0  # standard deviations of the paper that are not ink yet
_INK = 0.3  # darkness, of the darkest ink, that counts when the ink is cropped
_SPECK = 0.002  # share of all ink below which a separate spot does not widen the crop
_THIN = 0.75  # of the rendering's line width: lines thinner than this
_THICK = 0.9  # are made as wide as this

Box = tuple[float, float, float, float]  # left, top, right, bottom


def normalise_sketch(image: Image.Image, side: int = 224) -> Image.Image:
    """Make a raster sketch look as `Drawing.render` would show it.

    Grey or unevenly lit paper becomes white, light ink on dark paper is inverted, noise is removed,
    and the ink is fitted and centred like strokes are. Lines that would come out thinner than
    three quarters of the rendering's are thickened; thick ones stay.

    Args:
        image: sketch of any size and mode; transparent parts count as white.
        side: of the result, in pixels.

    Returns:
        PIL image of mode "L", side x side; 255 is paper, 0 the darkest ink.

    Raises:
        DrawingError: there is no ink on the paper.
    """
    darkness = _darkness(_grey(image))
    box = _ink_box(darkness)
    if box is None:
        raise DrawingError("Nothing has been drawn yet.")
    darkness, box = _thickened(darkness, box)
    fitted = _fit(darkness, box, side)
    return Image.fromarray(np.rint(255 - 255 * fitted / max(fitted.max(), 1e-6)).astype(np.uint8))


def _grey(image: Image.Image) -> np.ndarray:
    """Return (height, width) float32 in [0, 1], not larger than what is worked on."""
    image = flatten(image, keep_grey=True).convert("L")
    grey = np.asarray(image)
    scale = _LONGEST / max(grey.shape)
    if scale < 1:
        size = [max(1, round(length * scale)) for length in grey.shape[::-1]]
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    return grey.astype(np.float32) / 255


def _darkness(grey: np.ndarray) -> np.ndarray:
    """Return ink as (height, width) float32 in [0, 1]: 0 is paper, 1 the darkest ink."""
    paper = paper_surface(grey)
    contrast = grey - paper
    if contrast.sum() > 0:  # light ink on dark paper
        grey, paper = 1 - grey, 1 - paper
    darkness = 1 - grey / np.maximum(paper, 1e-3)
    noise = 1.4826 * float(np.median(np.abs(darkness[::3, ::3])))
    faintest = max(FAINTEST, NOISE * noise)
    erase_surroundings(darkness, faintest)
    ink = darkness[darkness > faintest]
    if not len(ink):
        return np.zeros_like(darkness)
    floor = faintest / 2
    darkest = max(float(np.quantile(ink, 0.9)), 2 * floor)
    return np.clip((darkness - floor) / (darkest - floor), 0, 1)


def paper_surface(grey: np.ndarray) -> np.ndarray:
    """Estimate the paper's brightness (height, width) float32: a smooth surface under what deviates."""
    small = cv2.resize(grey, (_OVERVIEW, _OVERVIEW), interpolation=cv2.INTER_AREA).ravel()
    y, x = np.mgrid[-1 : 1 : _OVERVIEW * 1j, -1 : 1 : _OVERVIEW * 1j].reshape(2, -1)
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=1)
    surface = np.full_like(small, np.median(small))
    for _ in range(_FITS):
        residual = small - surface
        spread = max(1.4826 * float(np.median(np.abs(residual))), 0.01)
        weights = 1 / (1 + (residual / (2 * spread)) ** 2) ** 2  # ink hardly counts
        weighted = terms.T * weights
        surface = terms @ np.linalg.solve(weighted @ terms, weighted @ small)
    surface = np.clip(surface, 0, 1).astype(np.float32).reshape(_OVERVIEW, _OVERVIEW)
    return cv2.resize(surface, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)


def erase_surroundings(darkness: np.ndarray, faintest: float) -> None:
    """Erase, in place, what runs along much of the picture's edge: the table under a photographed page."""
    mask = (darkness > faintest).astype(np.uint8)
    edge = [(0, slice(None)), (-1, slice(None)), (slice(None), 0), (slice(None), -1)]
    length = sum(mask[side].size for side in edge)
    if sum(int(mask[side].sum()) for side in edge) < _EDGE * length:
        return
    labels = cv2.connectedComponents(mask, connectivity=8)[1]
    touching = np.bincount(np.concatenate([labels[side] for side in edge]))
    touching[0] = 0
    for label in np.flatnonzero(touching > _EDGE * length):
        around = cv2.dilate((labels == label).astype(np.uint8), np.ones((7, 7), np.uint8))
        darkness[around > 0] = 0


def _ink_box(darkness: np.ndarray) -> Box | None:
    """Return left, top, right, bottom of the ink without specks of dust, or None when there is none."""
    mask = (darkness > _INK).astype(np.uint8)
    count, _, parts, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count == 1:
        return None
    parts = parts[1:]
    areas = parts[:, cv2.CC_STAT_AREA]
    parts = parts[areas >= min(areas.max(), max(_SPECK * areas.sum(), 2))]
    low = parts[:, [cv2.CC_STAT_LEFT, cv2.CC_STAT_TOP]]
    right, bottom = (low + parts[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]).max(axis=0).tolist()
    left, top = low.min(axis=0).tolist()
    left, right = _edges(darkness[top:bottom].max(axis=0), left, right)
    top, bottom = _edges(darkness.max(axis=1), top, bottom)
    return left, top, right, bottom


def _edges(profile: np.ndarray, first: int, end: int) -> tuple[float, float]:
    """Return where ink begins and ends between pixels: what is half grey is half covered."""
    before = profile[first - 1] if first > 0 else 0.0
    after = profile[end] if end < len(profile) else 0.0
    return first + 1 - float(profile[first] + before), end - 1 + float(profile[end - 1] + after)


def _thickened(darkness: np.ndarray, box: Box) -> tuple[np.ndarray, Box]:
    """Widen thin lines, which would fade away when made smaller; return the ink and its new box.

    On scans of a fine pen this brings the embeddings back to those of the same strokes rendered.
    """
    left, top, right, bottom = box
    outline = (math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom))
    ink = np.asarray(Image.fromarray(darkness).crop(outline))
    target = LINE_WIDTH * max(right - left, bottom - top) / (1 - 2 * MARGIN)
    width = _line_width(ink)
    grow = (_THICK * target - width) / 2
    if width > _THIN * target or grow <= 0:
        return darkness, box
    ink = np.pad(ink, math.ceil(grow) + 1)
    distance = cv2.distanceTransform((ink <= _INK).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    ink = np.maximum(ink, np.clip(grow + 1 - distance, 0, 1))
    return ink, _ink_box(ink) or box


def _line_width(ink: np.ndarray) -> float:
    """Estimate the width of lines in pixels: twice their area over the length of their outline.

    The total variation along rows and columns measures the outline (Cauchy and Crofton), so that
    grey edges need no threshold.
    """
    padded = np.pad(ink, 1)
    variation = sum(float(np.abs(np.diff(padded, axis=axis)).sum()) for axis in (0, 1))
    return 2 * float(ink.sum()) / max(np.pi / 4 * variation, 1e-6)


def _fit(darkness: np.ndarray, box: Box, side: int) -> np.ndarray:
    """Fit what is inside the box, centred with the margin, into (side, side) float32."""
    left, top, right, bottom = box
    half = max(right - left, bottom - top) / (1 - 2 * MARGIN) / 2
    x, y = (left + right) / 2, (top + bottom) / 2
    ink = Image.fromarray(darkness)
    outline = (math.floor(x - half), math.floor(y - half), math.ceil(x + half), math.ceil(y + half))
    ink = ink.crop(outline)  # beyond the picture this gives 0, which is paper
    inner = (x - half - outline[0], y - half - outline[1], x + half - outline[0], y + half - outline[1])
    page = ink.resize((side, side), Image.Resampling.BICUBIC, box=inner)
    return np.clip(np.asarray(page), 0, 1)
