"""Photos of drawings on paper, made up: light, colour, tilt, tables, pens, rules."""

from __future__ import annotations

import io

import cv2
import numpy as np
from PIL import Image

from zsbir.strokes import Drawing, Stroke, render_strokes

HEIGHT, WIDTH = 600, 800
PAPER, BLACK, PENCIL = (250, 250, 246), (30, 30, 35), (120, 120, 120)
TABLE = (120, 85, 60)
RULES, SQUARES = (150, 180, 220), (170, 190, 215)

HOUSE = Drawing(  # made up for the tests; crossings, a closed ring, a dot and open ends
    (
        Stroke([[100, 250], [300, 90], [500, 250]]),
        Stroke([[140, 240], [140, 500], [460, 500], [460, 240], [140, 240]]),
        Stroke([[260, 500], [262, 380], [340, 380], [340, 500]]),
        Stroke([[325, 440]]),
        Stroke([[180, 290], [240, 290], [240, 350], [180, 350], [180, 290]]),
        Stroke([[210, 290], [210, 350]]),
        Stroke([[180, 320], [240, 320]]),
        Stroke([[400, 160], [400, 100], [430, 100], [430, 190]]),
    ),
    600,
    600,
)


def photo(
    *,
    pen=BLACK,
    width=4.0,
    rules=None,
    squares=False,
    on_table=False,
    turned=0.0,
    shade=0.0,
    cast=(1.0, 1.0, 1.0),
    noise=3.0,
) -> Image.Image:
    """The house on a page, as a phone might see it.

    Args:
        pen: colour of the line; `width` in pixels.
        rules: colour of printed lines, every 28 pixels; `squares` has them upright too.
        on_table: all four corners of the page are in the picture, in perspective.
        turned: degrees.
        shade: how much less light falls on the farthest corner.
        cast: colour of the light.
        noise: standard deviation of each pixel, of 255.
    """
    page = np.full((HEIGHT, WIDTH, 3), PAPER, np.float32)
    if rules is not None:
        for at in range(30, WIDTH, 28):
            page[at : at + 2] = rules
            if squares:
                page[:, at : at + 2] = rules
    ink = _ink(width)[..., None]
    page = page * (1 - ink) + np.array(pen, np.float32) * ink
    page = _seen_by_the_camera(page, on_table, turned)
    y, x = np.mgrid[0 : 1 : HEIGHT * 1j, 0 : 1 : WIDTH * 1j]
    page = page * (1 - shade * (0.6 * x + 0.4 * y))[..., None] * np.array(cast, np.float32)
    page += np.random.default_rng(0).normal(0, noise, page.shape)
    buffer = io.BytesIO()
    Image.fromarray(np.clip(page, 0, 255).astype(np.uint8)).save(buffer, "JPEG", quality=85)
    return Image.open(buffer)


def _ink(width: float) -> np.ndarray:
    points = [stroke.points * 0.8 + (150, 40) for stroke in HOUSE.strokes]
    return 1 - render_strokes(points, WIDTH, width)[:HEIGHT].astype(np.float32) / 255


def _seen_by_the_camera(page: np.ndarray, on_table: bool, turned: float) -> np.ndarray:
    if not on_table and not turned:
        return page
    corners = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float32)
    seen = corners
    if on_table:
        seen = np.array([[130, 50], [720, 90], [740, 540], [50, 520]], np.float32)
    turn = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), turned, 1)
    seen = cv2.transform(seen[None], turn)[0].astype(np.float32)
    surface = np.full_like(page, TABLE if on_table else PAPER)
    transform = cv2.getPerspectiveTransform(corners, seen)
    cv2.warpPerspective(page, transform, (WIDTH, HEIGHT), surface, cv2.INTER_AREA, cv2.BORDER_TRANSPARENT)
    return surface
