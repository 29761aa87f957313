"""SVG: every path command, shape and transform by hand."""

import numpy as np
import pytest

from zsbir.errors import DrawingError
from zsbir.strokes import Drawing, Stroke
from zsbir.strokes.svg_path import arc_points, bezier_points, path_points


def svg(body, attributes='width="100" height="100"'):
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{body}</svg>'


def lines(data, step=1.0):
    return [[(point.real, point.imag) for point in line] for line in path_points(data, step)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("M1 2L3 4", [[(1, 2), (3, 4)]]),
        ("M1,2 3,4 5,6", [[(1, 2), (3, 4), (5, 6)]]),  # more pairs after M are lines
        ("m1 2 3 4l1-1", [[(1, 2), (4, 6), (5, 5)]]),
        ("M0 0H5h-2V4v1", [[(0, 0), (5, 0), (3, 0), (3, 4), (3, 5)]]),
        ("M0 0L4 0L4 4Z", [[(0, 0), (4, 0), (4, 4), (0, 0)]]),
        ("M1 1h2zm5 5h1", [[(1, 1), (3, 1), (1, 1)], [(6, 6), (7, 6)]]),
        ("M1 1h2zh9", [[(1, 1), (3, 1), (1, 1)], [(1, 1), (10, 1)]]),  # goes on where the loop closed
        ("M1 1M2 2L3 3M9 9", [[(2, 2), (3, 3)]]),  # moves alone draw nothing
        ("M.5.5L-1e1+2", [[(0.5, 0.5), (-10, 2)]]),
        ("", []),
        ("M0 0A0 5 0 0 1 7 8", [[(0, 0), (7, 8)]]),  # an arc without a radius is a line
    ],
)
def test_straight_commands_by_hand(data, expected):
    assert lines(data) == expected


def bernstein(control, share):
    """The textbook sum for a cubic or quadratic Bézier curve."""
    weights = {3: [1, 2, 1], 4: [1, 3, 3, 1]}[len(control)]
    degree = len(control) - 1
    return sum(
        weight * share**i * (1 - share) ** (degree - i) * point
        for i, (weight, point) in enumerate(zip(weights, control, strict=True))
    )


@pytest.mark.parametrize("control", [[0j, 4 + 8j, 8 + 0j], [1j, 3 + 9j, 7 - 4j, 9 + 1j]])
def test_curves_match_the_textbook(control):
    points = bezier_points(control, step=1.0)
    shares = np.arange(1, len(points) + 1) / len(points)
    assert np.allclose(points, [bernstein(control, share) for share in shares])
    assert points[-1] == control[-1]
    assert np.abs(np.diff([control[0], *points])).max() < 1.5  # pieces are about as long as asked for


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("M0 0C1 2 3 4 5 5S7 8 9 9", "M0 0C1 2 3 4 5 5C7 6 7 8 9 9"),
        ("M0 0c1 2 3 4 5 5s2 3 4 4", "M0 0C1 2 3 4 5 5C7 6 7 8 9 9"),
        ("M0 0Q1 3 4 4T8 8", "M0 0Q1 3 4 4Q7 5 8 8"),
        ("M0 0q1 3 4 4t4 4", "M0 0Q1 3 4 4Q7 5 8 8"),
        ("M2 2S5 6 7 7", "M2 2C2 2 5 6 7 7"),  # nothing to mirror
        ("M2 2T7 7", "M2 2Q2 2 7 7"),
        ("M0 0Q1 3 4 4S7 8 9 9", "M0 0Q1 3 4 4C4 4 7 8 9 9"),  # the other family is not mirrored
        ("M0 0C1 2 3 4 5 5L6 6S7 8 9 9", "M0 0C1 2 3 4 5 5L6 6C6 6 7 8 9 9"),
    ],
)
def test_smooth_curves_mirror_the_last_control_point(short, long):
    assert np.allclose(lines(short)[0], lines(long)[0])


@pytest.mark.parametrize(
    ("large", "sweep", "centre", "degrees"),
    [(0, 1, 0, 90), (1, 0, 0, -270), (0, 0, 5 + 5j, -90), (1, 1, 5 + 5j, 270)],
)
def test_arcs_by_hand(large, sweep, centre, degrees):
    """From (5, 0) to (0, 5) on a circle of radius 5: two centres, two ways round; y points down."""
    points = np.array(arc_points(5 + 0j, 5j, 5, 5, 0, large, sweep, step=0.5))
    assert np.allclose(np.abs(points - centre), 5)
    angles = np.unwrap(np.angle(np.concatenate([[5], points]) - centre))
    assert np.degrees(angles[-1] - angles[0]) == pytest.approx(degrees)
    assert points[-1] == 5j


def test_arcs_that_cannot_reach_are_enlarged():
    points = np.array(arc_points(0j, 10 + 0j, 1, 1, 0, 0, 1, step=0.5))
    assert np.allclose(np.abs(points - 5), 5)


def test_rotated_ellipse_by_hand():
    """Half axes 4 and 2 turned by 90 degrees: from (2, 0) to (-2, 0) it passes (0, 4)."""
    points = np.array(arc_points(2 + 0j, -2 + 0j, 4, 2, 90, 0, 1, step=0.1))
    assert np.abs(points - 4j).min() < 0.1
    assert np.allclose((points.real / 2) ** 2 + (points.imag / 4) ** 2, 1)


def test_flags_of_arcs_need_no_separators():
    assert np.allclose(lines("M5 0a5 5 0 01-5 5")[0], lines("M5 0A5 5 0 0 1 0 5")[0])
    assert np.allclose(
        lines("M5 0a5,5,0,0,1,-5,5a5 5 0 105 5")[0], lines("M5 0A5 5 0 0 1 0 5A5 5 0 1 0 5 10")[0]
    )


@pytest.mark.parametrize(
    "data",
    ["M1", "M1 2 3", "M0 0C1 2 3 4 5", "M0 0L", "M0 0A1 1 0 2 1 5 5", "M0 0Z3", "M0 0A1 1 0 0 1 5 5 1"],
)
def test_wrong_numbers_of_arguments_are_refused(data):
    with pytest.raises(DrawingError, match="numbers"):
        path_points(data, 1.0)


SQUARE = [(2, 3), (6, 3), (6, 8), (2, 8), (2, 3)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<line x1="1" y1="2" x2="3" y2="4"/>', [(1, 2), (3, 4)]),
        ('<polyline points="1,2 3,4, 5 6"/>', [(1, 2), (3, 4), (5, 6)]),
        ('<polyline points="1,2 3,4, 5"/>', [(1, 2), (3, 4)]),  # the odd number is dropped
        ('<polygon points="1,2 3,4 5,6"/>', [(1, 2), (3, 4), (5, 6), (1, 2)]),
        ('<rect x="2" y="3" width="4" height="5"/>', SQUARE),
        ('<rect x="2px" y="3" width="3pt" height="5"/>', SQUARE),
        ('<path d="M2 3h4v5h-4z"/>', SQUARE),
        ('<g transform="translate(1 1)"><path d="M1 2h4v5h-4z"/></g>', SQUARE),
        (
            '<g transform="translate(1,2)"><g transform="scale(2)"><path d="M.5 .5h2v2.5h-2z"/></g></g>',
            SQUARE,
        ),
        ('<path transform="translate(1 2) scale(2)" d="M.5 .5h2v2.5h-2z"/>', SQUARE),
        ('<path transform="matrix(0 1 1 0 0 0)" d="M3 2v4h5v-4z"/>', SQUARE),
        ('<path transform="rotate(90)" d="M3-2v-4h5v4z"/>', SQUARE),
        ('<path transform="rotate(180 4 5.5)" d="M6 8h-4v-5h4z"/>', SQUARE),
        ('<line transform="skewX(45)" x2="1" y2="2"/>', [(0, 0), (3, 2)]),
        ('<line transform="skewY(45)" x2="1" y2="2"/>', [(0, 0), (1, 3)]),
        ('<line transform="scale(2,3)" x2="1" y2="2"/>', [(0, 0), (2, 6)]),
        ('<a><switch><line x2="1" y2="2"/></switch></a>', [(0, 0), (1, 2)]),
        ('<polyline points="1,1 1,1 2,2 2,2"/>', [(1, 1), (2, 2)]),
        ('<path d="M4 5h0"/>', [(4, 5)]),
    ],
)
def test_shapes_and_transforms_by_hand(body, expected):
    (stroke,) = Drawing.from_svg(svg(body)).strokes
    assert np.allclose(stroke.points, expected, atol=1e-5)


def test_round_shapes():
    circle, ellipse, rect = Drawing.from_svg(
        svg('<circle cx="5" cy="6" r="4"/><ellipse cx="1" rx="2" ry="3"/><rect width="8" height="4" rx="1"/>')
    ).strokes
    assert np.allclose(np.hypot(*(circle.points - (5, 6)).T), 4, atol=1e-5)
    assert np.allclose(np.hypot(*((ellipse.points - (1, 0)) / (2, 3)).T), 1, atol=1e-5)
    assert circle.points[0].tolist() == circle.points[-1].tolist()
    assert np.allclose([rect.points.min(axis=0), rect.points.max(axis=0)], [(0, 0), (8, 4)])
    corners = np.abs(rect.points[:, None] - np.array([(0, 0), (8, 0), (8, 4), (0, 4)])).sum(axis=2)
    assert corners.min() > 0.5  # they are cut round


@pytest.mark.parametrize(
    "body",
    [
        '<defs><path d="M0 0h9"/></defs>',
        '<symbol><path d="M0 0h9"/></symbol><clipPath><path d="M0 0h9"/></clipPath>',
        '<path style="fill: red; display: none" d="M0 0h9"/>',
        '<g display="none"><path d="M0 0h9"/></g>',
        '<g visibility="hidden"><path d="M0 0h9"/></g>',
        '<text>words</text><image href="file:///etc/passwd" width="9" height="9"/>',
        '<circle r="0"/><rect width="5"/><ellipse rx="-1" ry="3"/><polyline points=""/><path/>',
        "<!-- <path d='M0 0h9'/> -->",
    ],
)
def test_what_cannot_be_seen_is_not_drawn(body):
    assert Drawing.from_svg(svg(body)).is_empty


@pytest.mark.parametrize(
    ("attributes", "size", "point"),
    [
        ('width="30" height="20"', (30, 20), (5, 6)),
        ('width="30" height="20" viewBox="0 0 60 40"', (60, 40), (5, 6)),
        ('viewBox="-10,5 60 40"', (60, 40), (15, 1)),
        ('width="1in" height="2.54cm"', (96, 96), (5, 6)),
        ('width="100%" height="100%"', (1000, 1000), (5, 6)),
        ('viewBox="0 0 0 0" width="-3"', (1000, 1000), (5, 6)),
        ("", (1000, 1000), (5, 6)),
    ],
)
def test_canvas(attributes, size, point):
    drawing = Drawing.from_svg(svg('<path d="M5 6h1"/>', attributes))
    assert (drawing.width, drawing.height) == pytest.approx(size)
    assert drawing.strokes[0].points[0].tolist() == list(point)


def test_written_documents_look_like_the_rendering():
    """The line width is the rendering's, in the units of the canvas; a dot stays a dot."""
    drawing = Drawing((Stroke([[0, 0], [100, 50]]), Stroke([[70, 20]])), 200, 100)
    text = drawing.to_svg()
    width = float(text.split('stroke-width="')[1].split('"')[0])
    assert width == pytest.approx(100 * (1 / 64) / (1 - 2 / 14 - 1 / 64), rel=1e-3)
    assert 'd="M70.0 20.0L70.0 20.0"' in text
    assert Drawing.from_svg(text.encode()) == drawing
