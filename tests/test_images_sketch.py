"""Sketches on paper: whatever the paper, the light and the camera, they look like rendered drawings."""

import contextlib
import io

import numpy as np
import pytest
from PIL import Image

from zsbir.errors import DrawingError
from zsbir.images import normalise_sketch
from zsbir.images.sketch import _ink_box, _line_width
from zsbir.strokes import MARGIN, Drawing, Stroke, render_strokes

FACE = Drawing(  # made up for this test
    (
        Stroke([[20, 60], [15, 20], [35, 40], [65, 40], [85, 20], [80, 60], [70, 85], [30, 85], [20, 60]]),
        Stroke([[38, 50], [40, 60]]),
        Stroke([[62, 50], [60, 60]]),
        Stroke([[40, 70], [50, 78], [60, 70]]),
    ),
    100,
    100,
)
HEIGHT, WIDTH, INK = 300, 420, 200


def sheet(line_width=1 / 64):
    """The face in a corner of a white sheet, (300, 420) float64 in 0..255."""
    paper = np.full((HEIGHT, WIDTH), 255.0)
    paper[30 : 30 + INK, 60 : 60 + INK] = np.asarray(FACE.render(INK, line_width=line_width))
    return paper


def picture(values):
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def jpeg(values, quality):
    buffer = io.BytesIO()
    picture(values).save(buffer, format="JPEG", quality=quality)
    return Image.open(buffer)


def likeness(image, side=96):
    """Correlation of the normalised picture with the rendering of the strokes, 1 = the same."""
    result = normalise_sketch(image, side)
    assert (result.mode, result.size) == ("L", (side, side))
    return np.corrcoef(np.asarray(result, float).ravel(), np.asarray(FACE.render(side), float).ravel())[0, 1]


def noise(spread):
    return np.random.default_rng(0).normal(0, spread, (HEIGHT, WIDTH))


Y, X = np.mgrid[0 : 1 : HEIGHT * 1j, 0 : 1 : WIDTH * 1j]
DESK = np.pad(sheet()[12:-12, 12:-12] * 0.9, 12, constant_values=90)
CONDITIONS = {
    "clean": lambda: picture(sheet()),
    "rgb": lambda: picture(sheet()).convert("RGB"),
    "poor jpeg": lambda: jpeg(sheet(), 20),
    "grey paper": lambda: picture(sheet() * 0.5 + 40),
    "white on black": lambda: picture(255 - sheet()),
    "chalk on a board": lambda: jpeg(60 + (255 - sheet()) * 0.6 + noise(6), 60),
    "pencil": lambda: jpeg(230 - (255 - sheet()) * 0.25 + noise(5), 70),
    "light from one side": lambda: jpeg((sheet() * 0.8 + 30) * (0.45 + 0.5 * X * Y) + noise(6), 60),
    "vignette": lambda: jpeg(sheet() * (1 - ((X - 0.5) ** 2 + (Y - 0.5) ** 2)) + noise(4), 80),
    "edge of a shadow": lambda: jpeg(sheet() * np.where(X + Y / 2 > 1.1, 0.6, 1.0) + noise(3), 80),
    "table under the page": lambda: jpeg(DESK + noise(3), 80),
    "dust": lambda: picture(np.where(np.random.default_rng(3).random((HEIGHT, WIDTH)) < 5e-5, 0, sheet())),
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_looks_like_the_rendering(condition):
    assert likeness(CONDITIONS[condition]()) > 0.85


def test_transparent_paper():
    alpha = (255 - sheet()).astype(np.uint8)
    ink = np.dstack([np.zeros((HEIGHT, WIDTH, 3), np.uint8), alpha])
    assert likeness(Image.fromarray(ink, "RGBA")) > 0.85


@pytest.mark.parametrize("side", [100, 128, 224])
def test_a_rendering_hardly_changes(side):
    rendered = FACE.render(side)
    change = np.abs(np.asarray(normalise_sketch(rendered, side), float) - np.asarray(rendered, float))
    assert change.mean() < 2


def test_place_and_size_on_the_sheet_do_not_matter():
    small = np.full((500, 900), 255.0)
    small[300:420, 700:820] = np.asarray(FACE.render(120))
    corner, alone = (
        np.asarray(normalise_sketch(picture(a), 96), float) for a in (small, small[300:420, 700:820])
    )
    assert np.abs(corner - alone).mean() < 1


def test_ink_ends_at_the_margin():
    rows, columns = np.nonzero(np.asarray(normalise_sketch(picture(sheet()), 140)) < 200)
    assert columns.min() == pytest.approx(140 * MARGIN, abs=1)
    assert columns.max() + 1 == pytest.approx(140 * (1 - MARGIN), abs=1)
    assert (rows.min() + rows.max() + 1) / 2 == pytest.approx(70, abs=1)


def test_half_covered_pixels_count_half():
    darkness = np.zeros((20, 30), np.float32)
    darkness[4:11, 5:20] = 1
    darkness[4:11, 4] = 0.25  # before the mask's edge
    darkness[4:11, 19] = 0.75  # and inside it
    darkness[11, 5:20] = 0.2
    assert _ink_box(darkness) == pytest.approx((4.75, 4, 19.75, 11.2))


def test_paper_is_white_and_ink_black():
    for condition in ("grey paper", "pencil", "chalk on a board"):
        values = np.asarray(normalise_sketch(CONDITIONS[condition](), 96))
        assert np.median(values) == 255 and values.min() == 0


@pytest.mark.parametrize("line_width", [1 / 600, 1 / 300, 1 / 150, 1 / 100])
def test_a_fine_pen_is_as_good_as_a_thick_one(line_width):
    thin = FACE.render(900, line_width=line_width)
    assert likeness(thin) > 0.9
    widths = [
        np.sum(255.0 - np.asarray(picture)) for picture in (normalise_sketch(thin, 96), FACE.render(96))
    ]
    assert 0.8 < widths[0] / widths[1] < 1.15  # as much ink, so lines as wide


def test_thick_lines_stay():
    thick = FACE.render(300, line_width=1 / 24)
    change = np.asarray(normalise_sketch(thick, 300), float) - np.asarray(thick, float)
    assert np.abs(change).mean() < 2


@pytest.mark.parametrize("width", [2, 5, 9])
@pytest.mark.parametrize("angle", [0, 27, 45, 90])
def test_line_widths_are_measured(width, angle):
    """By hand for one line: rows and columns see its outline at |cos| + |sin| of its length."""
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    end = 60 + 50 * np.array([cos, sin])
    ink = 1 - render_strokes([np.array([120 - end, end])], 120, width) / 255
    assert _line_width(ink) == pytest.approx(width * (4 / np.pi) / (cos + sin), rel=0.15)


def test_lines_that_touch_the_edge_stay():
    """Half a drawing may run out of the picture; only what runs along much of the edge is no drawing."""
    cut = np.full((100, 100), 255.0)
    cut[50:53, :] = 0
    cut[20:80, 48:51] = 0
    values = np.asarray(normalise_sketch(picture(cut), 70))
    assert (values[35, 6:64] < 128).all()


def test_filled_shapes_stay_filled():
    disc = np.full((200, 200), 255.0)
    disc[np.hypot(*np.mgrid[-100:100, -100:100]) < 60] = 20
    values = np.asarray(normalise_sketch(picture(disc), 100))
    assert (values[40:60, 40:60] < 10).all()
    assert values[3, 3] == 255


def test_a_dot_is_enough():
    """A picture knows no canvas, so a single dot is taken for the drawing."""
    dot = np.full((50, 50), 255.0)
    dot[20:23, 30:33] = 0
    assert np.asarray(normalise_sketch(picture(dot), 42))[21, 21] < 10


@pytest.mark.parametrize(
    "blank",
    [
        Image.new("L", (80, 60), 255),
        Image.new("RGB", (80, 60), (120, 120, 118)),
        Image.new("L", (1, 1), 0),
        Image.new("RGBA", (9, 9), (0, 0, 0, 0)),
        picture(200 + noise(8)),
        picture(120 + 100 * X),
        jpeg(200 + 40 * X * Y + noise(3), 40),
    ],
)
def test_blank_paper_is_an_empty_drawing(blank):
    with pytest.raises(DrawingError, match="Nothing has been drawn yet"):
        normalise_sketch(blank)


@pytest.mark.parametrize("size", [(1, 200), (200, 1), (2, 2), (3000, 8), (3000, 1)])
def test_odd_shapes_give_a_picture_or_the_sentence(size):
    image = Image.new("L", size, 255)
    image.putpixel((0, 0), 0)
    with contextlib.suppress(DrawingError):
        assert normalise_sketch(image, 32).size == (32, 32)
