"""The ink on a photographed page: the page laid flat, its light evened out, its printed rules taken away."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image

from zsbir.images.opening import flatten
from zsbir.images.sketch import FAINTEST, NOISE, erase_surroundings, paper_surface

_LONGEST = 1024  # pixels; what a page is worked on at most
_PAGE = (0.15, 0.97)  # share of the picture that a page on a table covers
_CORNERS = 0.02  # of its outline, by which a page may differ from a quadrilateral
_RIM = 0.015  # of its longer side, cut off a page that was laid flat: its edge and its shadow
_RULE = 0.45  # share of the shorter side that a printed line runs through at least
_RULES = 4  # lines side by side from which a page is ruled
_ABREAST = 2  # degrees by which the rules of one page differ in a photo
_APART = 6  # pixels between two rules
_ABOVE = 1.35  # times as dark as a rule must ink on it be
_WEAK, _STRONG = 0.3, 0.55  # of the darkest ink: what counts next to strong ink, and what is strong
_SPECK = 0.0015  # of all ink: smaller spots are dust


def find_ink(image: Image.Image) -> np.ndarray:
    """Find the ink of a sketch on paper, scanned or photographed.

    A page that lies on a table with its four corners in the picture is laid flat. The paper's colour and the
    falling off of the light are divided out, channel by channel. Printed rules go, and with them what is
    drawn on them with a pencil as pale as they are. Light ink on dark paper is inverted.

    Args:
        image: of any size and mode; transparent parts count as white.

    Returns:
        (height, width) uint8, 1 is ink; at most 1,024 pixels long. All 0 for an empty page.
    """
    pixels = _flat_page(_pixels(image))
    darkness = _darkness(pixels)
    faintest = max(FAINTEST, NOISE * _noise(darkness))
    erase_surroundings(darkness, faintest)
    _erase_rules(darkness, faintest)
    ink = darkness[darkness > faintest]
    if not len(ink):
        return np.zeros(darkness.shape, np.uint8)
    darkest = float(np.quantile(ink, 0.9))
    weak = (darkness > max(faintest, _WEAK * darkest)).astype(np.uint8)
    return _without_specks(weak, darkness > _STRONG * darkest)


def _pixels(image: Image.Image) -> np.ndarray:
    pixels = np.asarray(flatten(image))
    scale = _LONGEST / max(pixels.shape)
    if scale >= 1:
        return pixels
    size = [max(1, round(length * scale)) for length in pixels.shape[1::-1]]
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)


def _flat_page(pixels: np.ndarray) -> np.ndarray:
    """Return the page that lies on a table as the camera would see it from above, or all as it is."""
    corners = _page_corners(pixels)
    if corners is None:
        return pixels
    total, difference = corners.sum(axis=1), corners[:, 0] - corners[:, 1]
    order = [total.argmin(), difference.argmax(), total.argmax(), difference.argmin()]
    top_left, top_right, bottom_right, bottom_left = around = corners[order]
    width = max(np.linalg.norm(top_right - top_left), np.linalg.norm(bottom_right - bottom_left))
    height = max(np.linalg.norm(bottom_left - top_left), np.linalg.norm(bottom_right - top_right))
    width, height = round(float(width)), round(float(height))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    page = cv2.warpPerspective(pixels, cv2.getPerspectiveTransform(around, target), (width, height))
    rim = round(_RIM * max(width, height))
    return page[rim : height - rim, rim : width - rim]


def _page_corners(pixels: np.ndarray) -> np.ndarray | None:
    """Return the corners of a bright page, (4, 2) float32, if all of them are in the picture."""
    grey = cv2.GaussianBlur(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), (0, 0), 4)
    bright = cv2.threshold(grey, 0, 255, cv2.THRESH_OTSU)[1]
    bright = cv2.morphologyEx(bright, cv2.MORPH_CLOSE, np.ones((25, 25), np.uint8))
    outlines = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]
    if not outlines:
        return None
    outline = max(outlines, key=cv2.contourArea)
    corners = cv2.approxPolyDP(outline, _CORNERS * cv2.arcLength(outline, True), True)[:, 0]
    if len(corners) != 4 or not cv2.isContourConvex(corners):
        return None
    low, high = _PAGE
    if not low < cv2.contourArea(corners) / grey.size < high:
        return None
    last = np.array(grey.shape[::-1]) - 1
    inside = ((corners > 1) & (corners < last - 1)).all()
    return corners.astype(np.float32) if inside else None


def _darkness(pixels: np.ndarray) -> np.ndarray:
    """Return how much darker than the paper each pixel is, (height, width) float32; noise goes below 0."""
    colours = pixels.astype(np.float32) / 255
    channels = [np.ascontiguousarray(colours[..., channel]) for channel in range(3)]
    papers = [paper_surface(channel) for channel in channels]
    if sum(float((channel - paper).sum()) for channel, paper in zip(channels, papers, strict=True)) > 0:
        channels, papers = [1 - channel for channel in channels], [1 - paper for paper in papers]
    return np.mean([1 - c / np.maximum(p, 1e-3) for c, p in zip(channels, papers, strict=True)], axis=0)


def _noise(darkness: np.ndarray) -> float:
    return 1.4826 * float(np.median(np.abs(darkness[::3, ::3])))


def _erase_rules(darkness: np.ndarray, faintest: float) -> None:
    """Erase, in place, the lines that the page came with, except where something darker crosses them."""
    mask = (darkness > faintest).astype(np.uint8)
    near = cv2.dilate(darkness, np.ones((5, 5), np.uint8))
    for ends in _rules(mask):
        line = np.zeros_like(mask)
        cv2.line(line, *ends, 1)
        along = near[line > 0]
        if (along > faintest).mean() < 0.6:  # a few straight strokes that happen to be in line
            continue
        cv2.line(line, *ends, 1, thickness=7)
        darkness[(line > 0) & (darkness < _ABOVE * np.median(along))] = 0


def _rules(mask: np.ndarray) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return both ends of every long straight line that has enough others beside it."""
    found = cv2.HoughLines(mask, 1, np.pi / 360, round(_RULE * min(mask.shape)))
    if found is None:
        return []
    # A line at angle 179 and distance d is nearly that at angle -1 and distance -d.
    lines = [
        (-rho, theta - np.pi) if theta > 3 * np.pi / 4 else (rho, theta) for rho, theta in found[:300, 0]
    ]
    kept = []
    for rho, theta in lines:
        abreast = [r for r, t in lines if abs(t - theta) < np.radians(_ABREAST)]
        if (np.diff(np.sort(abreast)) > _APART).sum() + 1 >= _RULES:
            kept.append(_ends(rho, theta, sum(mask.shape)))
    return kept


def _ends(rho: float, theta: float, reach: float) -> tuple[tuple[int, int], tuple[int, int]]:
    foot = np.array([np.cos(theta), np.sin(theta)])
    way = np.array([-foot[1], foot[0]]) * reach
    start, end = (np.rint(rho * foot + sign * way).astype(int).tolist() for sign in (-1, 1))
    return tuple(start), tuple(end)


def _without_specks(mask: np.ndarray, strong: np.ndarray) -> np.ndarray:
    """Keep the spots that hold strong ink and are not dust."""
    labels, areas = cv2.connectedComponentsWithStats(mask, connectivity=8)[1:3]
    areas = areas[:, cv2.CC_STAT_AREA]
    keep = np.zeros(len(areas), bool)
    keep[np.unique(labels[strong])] = True
    keep &= areas >= max(_SPECK * areas[1:][keep[1:]].sum(), 3)
    keep[0] = False
    return keep[labels].astype(np.uint8)
