"""Photos of drawings on paper become the strokes that were drawn."""

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.paper import HOUSE, PENCIL, RULES, SQUARES, photo
from zsbir.errors import DrawingError
from zsbir.images import trace_sketch
from zsbir.images.thinning import centre_lines, thin
from zsbir.images.tracing import trace
from zsbir.strokes import Drawing


def likeness(drawing: Drawing) -> float:
    """Correlation with the house, both a little blurred: 1 is the same."""
    seen = [cv2.GaussianBlur(np.asarray(each.render(96), float), (0, 0), 1.5) for each in (drawing, HOUSE)]
    return float(np.corrcoef(*map(np.ravel, seen))[0, 1])


PHOTOS = {
    "scan": {"noise": 0.0},
    "shading": {"shade": 0.6},
    "colour cast": {"cast": (1.0, 0.85, 0.6), "shade": 0.3},
    "pencil": {"pen": PENCIL, "width": 3.0, "shade": 0.4},
    "ballpoint": {"pen": (40, 60, 160), "width": 2.5, "shade": 0.3},
    "marker": {"width": 13.0, "shade": 0.3},
    "lined": {"rules": RULES, "shade": 0.4},
    "squared": {"rules": SQUARES, "squares": True, "shade": 0.3},
    "pencil on lines": {"rules": RULES, "pen": PENCIL, "shade": 0.4},
    "tilt": {"on_table": True, "turned": 4, "shade": 0.3},
    "all at once": {"on_table": True, "turned": -5, "shade": 0.4, "rules": RULES, "cast": (1, 0.9, 0.75)},
}


@pytest.mark.parametrize("condition", PHOTOS)
def test_photos_of_paper_become_the_strokes(condition):
    drawing = trace_sketch(photo(**PHOTOS[condition]))
    assert likeness(drawing) > 0.9
    assert len(drawing) <= 2 * len(HOUSE)  # no fur, no rules, no grain
    assert sum(map(len, drawing.strokes)) < 150


def test_a_turned_page_without_its_corners_stays_turned():
    turned = trace_sketch(photo(turned=12))
    upright = trace_sketch(photo())
    assert likeness(turned) < 0.8 < likeness(upright)


def test_a_pencil_as_pale_as_the_rules_is_lost_where_they_cross():
    """The hard case: what is told as a limit in README."""
    pale = trace_sketch(photo(rules=RULES, pen=(165, 165, 165), width=3.0))
    assert len(pale) > 1.5 * len(HOUSE)  # cut into pieces at the rules


def test_white_on_black():
    assert likeness(trace_sketch(Image.eval(photo(noise=0), lambda value: 255 - value))) > 0.9


def test_what_is_filled_becomes_its_outline():
    paper = np.full((300, 400), 255, np.uint8)
    cv2.circle(paper, (120, 150), 60, 0, -1)
    cv2.line(paper, (180, 150), (360, 150), 0, 5)
    drawing = trace_sketch(Image.fromarray(paper))
    points = np.concatenate([stroke.points for stroke in drawing.strokes])
    disc = points[points[:, 0] < 170]
    assert np.abs(np.hypot(*(disc - (120, 150)).T) - 60).max() < 4
    assert len(drawing) == 2


def test_empty_paper_and_photos_of_other_things_are_refused():
    with pytest.raises(DrawingError, match="no drawing on this paper"):
        trace_sketch(Image.new("L", (200, 100), 230))
    leaves = np.full((600, 800), 240, np.uint8)
    for x, y in np.mgrid[20:780:30, 20:580:25].reshape(2, -1).T.tolist():
        cv2.line(leaves, (x, y), (x + 9, y + 5), 40, 3)
    with pytest.raises(DrawingError, match="no line drawing"):
        trace_sketch(Image.fromarray(leaves))


# ---- thinning


def slow_thinning(mask):
    """Zhang and Suen's two half steps as their paper has them, pixel by pixel."""
    mask = np.pad(mask, 1).astype(int)
    changed = True
    while changed:
        changed = False
        for half in (0, 1):
            gone = []
            for i, j in zip(*np.nonzero(mask), strict=True):
                p = [mask[i + a, j + b] for a, b in RING]
                rises = sum(p[k] == 0 and p[(k + 1) % 8] == 1 for k in range(8))
                products = ((0, 2, 4), (2, 4, 6)) if half == 0 else ((0, 2, 6), (0, 4, 6))
                if 2 <= sum(p) <= 6 and rises == 1 and all(p[a] * p[b] * p[c] == 0 for a, b, c in products):
                    gone.append((i, j))
            for pixel in gone:
                mask[pixel] = 0
                changed = True
    return mask[1:-1, 1:-1]


RING = [(-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1)]


@pytest.mark.parametrize("seed", range(4))
def test_thinning_is_zhang_and_suen_s(seed):
    noise = np.random.default_rng(seed).normal(size=(40, 50)).astype(np.float32)
    mask = (cv2.GaussianBlur(noise, (0, 0), 2) > 0.02).astype(np.uint8)
    assert (thin(mask) == slow_thinning(mask)).all()


def test_lines_that_are_thin_already_stay():
    mask = np.zeros((20, 30), np.uint8)
    cv2.line(mask, (3, 3), (25, 15), 1)
    assert (thin(mask) == mask).all()
    assert (centre_lines(mask) == mask).all()


# ---- following lines


def lines(*ends):
    mask = np.zeros((60, 80), np.uint8)
    for start, end in ends:
        cv2.line(mask, start, end, 1)
    return mask


def test_crossing_lines_are_followed_straight_on():
    strokes = trace(lines(((10, 30), (70, 30)), ((40, 5), (40, 55))))
    assert sorted(len(stroke) for stroke in strokes) == [51, 61]


def test_rings_dots_and_ends():
    mask = lines(((5, 50), (5, 50)))
    cv2.rectangle(mask, (20, 10), (50, 40), 1)
    dot, ring = sorted(trace(mask), key=len)
    assert dot.tolist() == [[5.5, 50.5]]
    assert len(ring) == 121
    assert (ring[0] == ring[-1]).all()


def test_short_side_branches_are_left_out():
    mask = lines(((10, 30), (70, 30)), ((40, 30), (40, 26)))
    assert len(trace(mask)) == 2
    assert len(trace(mask, spur=6)) == 1


def test_every_pixel_is_followed_once():
    rng = np.random.default_rng(1)
    mask = thin(lines(*rng.integers(0, 60, (9, 2, 2)).tolist()))
    strokes = trace(mask)
    followed = np.zeros_like(mask)
    for stroke in strokes:
        steps = np.abs(np.diff(stroke, axis=0)).max(axis=1) if len(stroke) > 1 else np.ones(1)
        assert (steps == 1).all()
        columns, rows = (stroke - 0.5).astype(int).T
        followed[rows, columns] = 1
    assert (followed == mask).all()


def test_strokes_come_in_the_order_of_a_hand():
    strokes = trace(lines(((70, 50), (60, 50)), ((5, 5), (20, 5)), ((30, 8), (50, 40))))
    assert [stroke[0].tolist() for stroke in strokes] == [[5.5, 5.5], [30.5, 8.5], [60.5, 50.5]]
