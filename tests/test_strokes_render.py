"""The rendering: against exact geometry, and the same however large and wherever something was drawn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from zsbir.strokes import LINE_WIDTH, MARGIN, Drawing, Stroke, fit_strokes, render_strokes

CAT = [  # made up for this test
    [[20, 60], [15, 20], [35, 40], [65, 40], [85, 20], [80, 60], [70, 85], [30, 85], [20, 60]],
    [[38, 55], [40, 57]],
    [[62, 55]],
    [[50, 65], [45, 72], [50, 70], [55, 72], [50, 65]],
    [[5, 65], [42, 68]],
]


def drawing(strokes, *, scale=1.0, move=(0.0, 0.0), canvas=100.0):
    return Drawing(
        tuple(Stroke(np.array(points, float) * scale + move) for points in strokes), canvas, canvas
    )


def ink(picture):
    """Share of ink in each pixel, (side, side) float in [0, 1]."""
    return 1 - np.asarray(picture, dtype=float) / 255


def render_slowly(strokes, side, width, finer=8):
    """Ink is what lies within half a line width of a segment: measured on a fine grid, then averaged."""
    centres = (np.arange(side * finer) + 0.5) / finer
    x, y = np.meshgrid(centres, centres)
    inked = np.zeros(x.shape, dtype=bool)
    for points in strokes:
        points = np.asarray(points, dtype=float)
        for start, end in zip(points, points[1:] if len(points) > 1 else points, strict=False):
            (ax, ay), (dx, dy) = start, end - start
            length = dx * dx + dy * dy
            share = np.clip(((x - ax) * dx + (y - ay) * dy) / length, 0, 1) if length else 0
            inked |= np.hypot(x - ax - share * dx, y - ay - share * dy) <= width / 2
    covered = inked.reshape(side, finer, side, finer).mean(axis=(1, 3))
    return np.rint(255 * (1 - covered))


@pytest.mark.parametrize(
    ("side", "width"), [(32, 0.5), (32, 1.0), (48, 2.0), (48, 3.5), (48, 5.2), (40, 9.0)]
)
def test_matches_the_slow_way(side, width):
    strokes = fit_strokes(CAT, side, line_width=width / side)
    fast, slow = render_strokes(strokes, side, width), render_slowly(strokes, side, width)
    assert ink(fast).sum() == pytest.approx(ink(slow).sum(), rel=0.08)  # as much ink
    error = np.abs(fast - slow)
    assert error[ink(slow) > 0].mean() < 16  # edges as soft
    assert error.mean() < 5
    assert error.max() < 112  # no pixel is taken for its opposite


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.floats(1.0, 6.0))
def test_matches_the_slow_way_for_any_scribble(seed, width):
    points = np.random.default_rng(seed).uniform(-4, 36, size=(4, 2))  # also beyond the edges
    strokes = [points[:3], points[3:]]
    fast, slow = render_strokes(strokes, 32, width), render_slowly(strokes, 32, width)
    assert ink(fast).sum() == pytest.approx(ink(slow).sum(), rel=0.12, abs=2)
    assert np.abs(fast - slow).mean() < 5


def test_lines_by_hand():
    """A horizontal line of width 2 from (4, 8) to (12, 8) covers rows 7 and 8 fully in between."""
    picture = render_strokes([np.array([[4, 8], [12, 8]])], 16, 2.0)
    assert (picture[7:9, 5:11] <= 32).all()  # drawn as the mean of the odd widths around it
    assert (picture[:6] == 255).all() and (picture[10:] == 255).all()
    assert (picture[:, :2] == 255).all() and (picture[:, 14:] == 255).all()
    assert ink(picture).sum() == pytest.approx(8 * 2 + np.pi, rel=0.05)  # and two half discs


def test_nothing_to_draw_is_white_paper():
    assert (render_strokes([], 9, 2) == 255).all()


def test_ink_far_outside_is_cut_off():
    far = render_strokes([np.array([[-1e9, 8.0], [1e9, 8.0]])], 16, 2)
    assert ink(far)[7:9].min() > 0.8 and ink(far)[:6].max() == 0


def test_is_a_square_greyscale_picture():
    picture = drawing(CAT).render(96)
    assert isinstance(picture, Image.Image)
    assert (picture.mode, picture.size) == ("L", (96, 96))
    assert np.asarray(picture).min() == 0 and np.asarray(picture)[0].min() == 255


@pytest.mark.parametrize("side", [28, 128, 224])
def test_ink_fills_the_page_up_to_the_margin(side):
    """The ink, half a line width around the points included, ends one margin from the edges."""
    rows, columns = np.nonzero(ink(drawing(CAT).render(side)) > 0.1)
    margin = side * MARGIN
    assert columns.min() == pytest.approx(margin, abs=1)
    assert columns.max() + 1 == pytest.approx(side - margin, abs=1)
    assert (rows.min() + rows.max() + 1) / 2 == pytest.approx(side / 2, abs=1)  # the shorter way is centred


def test_lines_are_as_wide_as_promised():
    for side in (64, 128, 224):
        picture = drawing([[[0, 0], [100, 0]]]).render(side)
        across = ink(picture)[:, side // 2].sum()
        assert across == pytest.approx(LINE_WIDTH * side, rel=0.03)


@pytest.mark.parametrize(
    ("scale", "move"), [(1, (64, 0)), (1, (-200, 300)), (2, (0, 0)), (0.25, (512, 64)), (8, (-4096, 2))]
)
def test_moved_or_scaled_drawings_give_the_very_same_picture(scale, move):
    """Powers of two and whole numbers, so that the coordinates themselves are exact."""
    other = drawing(CAT, scale=scale, move=move)
    assert np.array_equal(np.asarray(other.render(128)), np.asarray(drawing(CAT).render(128)))


@settings(max_examples=30, deadline=None)
@given(st.floats(0.1, 50), st.floats(-2000, 2000), st.floats(-2000, 2000))
def test_moved_or_scaled_drawings_give_the_same_picture(scale, x, y):
    """A corner of the canvas or all of it: only float32 rounding of the coordinates is left."""
    other = drawing(CAT, scale=scale, move=(x, y)).render(64)
    assert np.abs(np.asarray(other, float) - np.asarray(drawing(CAT).render(64), float)).mean() < 0.5


def test_the_canvas_does_not_matter():
    assert drawing(CAT, canvas=100).render(64) == drawing(CAT, canvas=5000).render(64)


def test_aspect_is_kept():
    rows, columns = np.nonzero(ink(drawing([[[0, 0], [50, 0], [50, 25], [0, 25], [0, 0]]]).render(200)) > 0.5)
    assert np.ptp(columns) == pytest.approx(2 * np.ptp(rows), abs=4)


@pytest.mark.parametrize("points", [[[3, 90]], [[3, 90], [3, 90]], [[3, 90], [3.4, 90.3], [3.1, 90]]])
def test_a_click_stays_a_dot(points):
    """One disc of line width in the middle, not enlarged, even when the hand trembled."""
    covered = ink(drawing([points]).render(128))
    assert covered.sum() == pytest.approx(np.pi / 4 * (128 * LINE_WIDTH) ** 2, rel=0.3)
    assert covered[62:66, 62:66].sum() == pytest.approx(covered.sum())


@pytest.mark.parametrize("end", [(100, 0), (0, 100)])
def test_straight_lines_are_no_special_case(end):
    covered = ink(drawing([[(0, 0), end]]).render(64))
    assert covered.sum() == pytest.approx(64 * (1 - 2 * MARGIN), rel=0.05)


def test_is_deterministic():
    first, second = (np.asarray(drawing(CAT).render()) for _ in range(2))
    assert np.array_equal(first, second)


def test_png_is_the_rendering():
    import io

    picture = Image.open(io.BytesIO(drawing(CAT).to_png(80)))
    assert picture.format == "PNG"
    assert np.array_equal(np.asarray(picture), np.asarray(drawing(CAT).render(80)))
