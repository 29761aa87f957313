"""How many of torch's threads embed a drawing."""

import pytest
import torch

from zsbir.backbone import device
from zsbir.backbone.device import leaving_a_core


@pytest.fixture
def threads():
    """Two more threads than one, and what was set before afterwards."""
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(("weights", "used"), [(99, 2), (100, 3)])
def test_a_small_tower_leaves_a_core(threads, monkeypatch, weights, used):
    monkeypatch.setattr(device, "SMALL", 100)
    with pytest.raises(ZeroDivisionError), leaving_a_core(torch.nn.Linear(weights, 1, bias=False)):
        assert torch.get_num_threads() == used
        raise ZeroDivisionError
    assert torch.get_num_threads() == 3


def test_a_single_core_is_used(threads):
    torch.set_num_threads(1)
    with leaving_a_core(torch.nn.Identity()):
        assert torch.get_num_threads() == 1
