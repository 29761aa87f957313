"""The windows of a picture: how large they are, and where."""

import pytest

from zsbir.backbone.windows import corner_windows


@pytest.mark.parametrize(("grid", "side"), [(7, 5), (8, 6), (14, 10), (16, 11), (4, 3), (1, 1)])
def test_windows_are_the_corners_and_cover_the_picture(grid, side):
    windows = corner_windows((grid, grid))
    assert windows.shape == (4, 1 + side * side)
    assert (windows[:, 0] == 0).all()
    assert set(windows.flatten().tolist()) == set(range(1 + grid * grid))
    assert [windows[i, 1].item() for i in range(4)] == [
        1 + top * grid + left for top in (0, grid - side) for left in (0, grid - side)
    ]


def test_a_grid_need_not_be_square():
    windows = corner_windows((4, 7))
    assert windows[3].tolist() == [0, *(1 + 7 * row + column for row in (1, 2, 3) for column in range(2, 7))]
