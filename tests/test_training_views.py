"""Views of pictures: photos are cropped, sketches become smaller or another hand's."""

import torch

from zsbir.strokes import MARGIN
from zsbir.training.methods.views import another_hand, random_views


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_views_zoom_in_on_photos_and_out_of_sketches():
    ink = torch.full((200, 1, 32, 32), 255, dtype=torch.uint8)
    ink[..., 12:20, 12:20] = 0  # 64 pixels in the middle
    none = torch.zeros(200, dtype=torch.bool)
    amount = [
        (1 - random_views(ink, 32, zoom, none, generator())).sum((1, 2, 3))
        for zoom in ((0.8, 1.0), (1.0, 1.25))
    ]
    assert amount[0].min() > 60 and amount[0].max() > 85  # larger, never cut
    assert amount[1].max() < 68 and 38 < amount[1].min() < 50  # smaller, on white paper
    assert random_views(ink, 32, (1.0, 1.25), none, generator())[:, :, 0].min() > 0.99


def test_another_hand_changes_the_pen_and_bends_lines():
    page = torch.full((4, 1, 64, 64), 255, dtype=torch.uint8)
    page[:, :, 20:44, 30:33] = 0  # a stroke three pixels wide
    still = torch.zeros(4, dtype=torch.bool)

    def drawn(seed=0, **changes):
        settings = {"turn": 0.0, "warp": 0.0, "pen": 0.0} | changes
        return 1 - another_hand(page, 64, still, generator(seed), **settings)

    widths = (drawn(pen=1.0) > 0.5).float().sum(3).amax((1, 2))
    assert len(set(widths.tolist())) > 1 and (widths >= 1).all()  # no pen erases the stroke
    assert torch.equal(drawn(3, warp=0.1), drawn(3, warp=0.1))
    assert not torch.allclose(drawn(warp=0.1), drawn(), atol=0.1)
    turned = drawn(turn=0.5)
    assert not torch.allclose(turned, drawn(), atol=0.1) and torch.all(turned.sum((1, 2, 3)) > 30)


def share_at_the_edge(margin):
    """Of 300 discs that fill the page up to a margin, how many reach the edge by the stretch."""
    places = torch.arange(64) + 0.5 - 32
    disc = (places[:, None] ** 2 + places**2).sqrt() < 64 * (0.5 - margin)
    page = torch.where(disc, 0, 255).to(torch.uint8).expand(300, 1, 64, 64)
    still = torch.zeros(300, dtype=torch.bool)
    views = 1 - another_hand(page, 64, still, generator(), turn=0.0, warp=0.0, pen=0.0)
    edges = torch.stack([views[..., 0, :], views[..., -1, :], views[..., 0], views[..., -1]])
    return (edges.amax((0, 2, 3)) > 0.5).float().mean().item()


def test_another_hand_hardly_cuts_lines_off():
    """With the margin of the app's rendering a few round drawings reach the edge, with twice as much none."""
    assert 0 < share_at_the_edge(MARGIN) < 0.1
    assert share_at_the_edge(2 * MARGIN) == 0
